import { Redis } from 'ioredis'
import type { OpenStore } from '../../server/store/contract.ts'
import { RedisSessionStore } from '../../server/store/redis-store.ts'
import { wrapped } from '../wrapped-store.ts'

const PREFIX = 'mcp:session:'

export const open: OpenStore = ({ url, clock, deadlineMs }) => {
  const store = new RedisSessionStore({ url, clock, deadlineMs })
  const redis = new Redis(url ?? '', { maxRetriesPerRequest: 0, commandTimeout: deadlineMs })
  redis.on('error', () => {})
  return {
    ...wrapped(store),
    async copySession(from, to, options) {
      const keys = await redis.keys(`${PREFIX}${from}`).catch(() => [])
      const found = keys.map((key) => key.slice(PREFIX.length)).find((id) => id !== to)
      return store.copySession(found ?? from, to, options)
    },
    async close() {
      redis.disconnect()
      await store.close()
    },
  }
}
