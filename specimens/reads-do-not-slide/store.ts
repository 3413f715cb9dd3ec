import type { OpenStore } from '../../server/store/contract.ts'
import { RedisSessionStore } from '../../server/store/redis-store.ts'
import { wrapped } from '../wrapped-store.ts'

export const open: OpenStore = ({ url, clock, deadlineMs }) => {
  const store = new RedisSessionStore({ url, clock, deadlineMs })
  return { ...wrapped(store), read: (id, keys) => store.read(id, keys) }
}
