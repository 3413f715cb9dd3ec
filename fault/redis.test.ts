// The direct connection to Redis sees each write of a session as it happens, and nothing else.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithTools } from './process/needs-tools.ts'
import { startRedis } from './process/parts.ts'
import { freePorts } from './process/ports.ts'
import type { RedisProcess } from './process/redis-process.ts'
import { Site } from './process/site.ts'
import { toolPaths } from './process/tools.ts'
import { until } from './until.ts'

describeWithTools('a direct connection to Redis', () => {
  let site: Site
  let direct: RedisProcess
  let server: Redis

  beforeAll(async () => {
    const [port = 0] = await freePorts(1)
    site = new Site(undefined)
    direct = await startRedis(site, toolPaths()['redis-server'], port)
    server = new Redis(direct.url)
  })
  afterAll(async () => {
    server.disconnect()
    await site.close()
  })

  /** Writes under `end` and waits until it is seen, so that everything before it would have been. */
  async function seenUntil(seen: readonly string[], end: string): Promise<readonly string[]> {
    await server.set(`mcp:session:${end}`, 'v')
    await until(async () => (seen.includes(end) ? true : undefined), {
      limitMs: 2_000,
      missing: () => `${end} is not seen`,
    })
    return seen.filter((id) => id !== end)
  }

  it('sees values written by commands and scripts, and no deadlines that slide', async () => {
    const seen: string[] = []
    await direct.watchWrites((id) => seen.push(id), new AbortController().signal)
    await server.hset('mcp:session:by-command', 'counter', '1')
    await server.eval("redis.call('HSET', KEYS[1], 'counter', '2')", 1, 'mcp:session:by *script*\n')
    await server.pexpire('mcp:session:by-command', 10_000)
    expect(await seenUntil(seen, 'end')).toEqual(['by-command', 'by *script*\n'])
  })

  it('sees no reads, no other keys and no expiry', async () => {
    await server.hset('mcp:session:old', 'counter', '1')
    const seen: string[] = []
    await direct.watchWrites((id) => seen.push(id), new AbortController().signal)
    await server.hgetall('mcp:session:old')
    await server.set('mcp:sessions', 'index')
    await server.del('mcp:session:old')
    expect(await seenUntil(seen, 'end')).toEqual([])
    await server.psetex('mcp:session:brief', 5, 'v')
    const isGone = async () => ((await server.exists('mcp:session:brief')) === 0 ? true : undefined)
    await until(isGone, { limitMs: 2_000, missing: () => 'it does not expire' })
    expect((await seenUntil(seen, 'later')).filter((id) => id === 'brief')).toEqual(['brief'])
  })

  it('sees nothing more once it is told to stop', async () => {
    const seen: string[] = []
    const others: string[] = []
    const watching = new AbortController()
    await direct.watchWrites((id) => seen.push(id), watching.signal)
    await direct.watchWrites((id) => others.push(id), new AbortController().signal)
    await seenUntil(seen, 'first')
    const watchers = async () => `${await server.client('LIST')}`.split('psub=1').length - 1
    const before = await watchers()
    watching.abort()
    const isGone = async () => ((await watchers()) === before - 1 ? true : undefined)
    await until(isGone, { limitMs: 2_000, missing: () => 'its connection stays' })
    await seenUntil(others, 'second')
    expect(seen).toEqual(['first'])
    await expect(direct.watchWrites(() => undefined, watching.signal)).rejects.toThrow()
  })

  it('empties the store', async () => {
    await server.set('anything', 'v')
    await direct.empty()
    expect(await server.dbsize()).toBe(0)
  })
})
