// What stands in Redis: keys, times to live and records, as other tools and a cluster see them.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import { RedisSessionStore } from './redis-store.ts'
import { describeWithRedis } from './test-redis.ts'

const LONG = { ttl: 60_000 }

const increment = (now: Json | undefined) => {
  const value = (typeof now === 'number' ? now : 0) + 1
  return { value, reply: value }
}

describeWithRedis('in Redis', (redis) => {
  let store: RedisSessionStore
  beforeEach(async () => {
    await redis().command('flushall')
    store = new RedisSessionStore({ url: redis().url })
  })
  afterEach(() => store.close())

  it('a session is one hash under its id, with one time to live, a millisecond short', async () => {
    await store.set('a:b*', 'counter', 1, LONG)
    await store.update('a:b*', 'notes', () => ({ value: [], reply: null }), LONG)
    expect((await redis().command('keys', '*')).split('\n').sort()).toEqual(['mcp:deadlines', 'mcp:session:a:b*'])
    const left = Number(await redis().command('pttl', 'mcp:session:a:b*'))
    expect(left).toBeGreaterThan(59_000)
    expect(left).toBeLessThan(60_000)
  })

  it('a session can last be read in the millisecond before its deadline', async () => {
    // Time stands still in a script, and the revision tells when the session was born, in microseconds, plus one.
    for (const { ttl, readable } of [
      { ttl: 60_000, readable: 59_999 },
      { ttl: 60_000.7, readable: 59_999 },
    ]) {
      await redis().command('flushall')
      await store.set('s', 'n', 1, { ttl })
      const born = Math.floor((Number(await redis().command('hget', 'mcp:session:s', 'r')) - 1) / 1000)
      expect(Number(await redis().command('pexpiretime', 'mcp:session:s')) - born).toBe(readable)
    }
  })

  it('nothing is left after the last deadline', async () => {
    await store.set('s', 'counter', 1, { ttl: 100 })
    await store.copySession('s', 't', { ttl: 100, once: { client: 'c', seq: 1, acknowledgedBelow: 1, digest: '' } })
    await systemClock.sleep(120)
    expect(await redis().command('keys', '*')).toBe('')
  })

  it('a deletion of the last value leaves nothing where no call was recorded', async () => {
    await store.set('s', 'counter', 1, LONG)
    await store.delete('s', 'counter')
    expect(await redis().command('keys', 'mcp:session:*')).toBe('')
  })

  it('a revision is never seen twice, though the session was lost in between', async () => {
    const revision = () => redis().command('hget', 'mcp:session:s', 'r')
    await store.set('s', 'n', 1, LONG)
    const before = await revision()
    await redis().command('del', 'mcp:session:s')
    await store.set('s', 'n', 1, LONG)
    expect(Number(await revision())).toBeGreaterThan(Number(before))
  })

  it('the records of a client stay few, however many calls it makes', async () => {
    const client = 'c'
    for (let seq = 1; seq <= 100; seq += 1) {
      const once = { client, seq, acknowledgedBelow: Math.max(1, seq - 2), digest: '' }
      await store.update('s', 'n', increment, { ...LONG, once })
    }
    const records = await redis().command('hget', 'mcp:session:s', 'c"c"')
    expect(Object.keys(JSON.parse(records).replies)).toEqual(['98', '99', '100'])
    expect(await redis().command('hlen', 'mcp:session:s')).toBe('4')
  })

  it('300 updates at once of one session take one attempt each', async () => {
    let runs = 0
    const change = (now: Json | undefined) => {
      runs += 1
      return increment(now)
    }
    await Promise.all(Array.from({ length: 300 }, () => store.update('s', 'n', change, LONG)))
    expect(runs).toBe(300)
  })

  it('user and password come out of the URL', async () => {
    await redis().command('acl', 'setuser', 'failproof', 'on', '>secret', '~mcp:*', '+@all')
    const known = new RedisSessionStore({ url: redis().url.replace('//', '//failproof:secret@') })
    await known.set('s', 'n', 1, LONG)
    await known.close()
    const unknown = new RedisSessionStore({ url: redis().url.replace('//', '//failproof:wrong@'), deadlineMs: 300 })
    await expect(unknown.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
    await unknown.close()
  })
})
