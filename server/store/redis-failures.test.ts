// What the Redis store says of operations whose answer it did not get, or did not want.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import { RedisSessionStore, type RedisSessionStoreOptions } from './redis-store.ts'
import { startProxy, type TestProxy } from './test-proxy.ts'
import { describeWithRedis } from './test-redis.ts'

const LONG = { ttl: 60_000 }
const DEADLINE_MS = 300

const increment = (now: Json | undefined) => {
  const value = (typeof now === 'number' ? now : 0) + 1
  return { value, reply: value }
}

describeWithRedis('the Redis store', (redis) => {
  let proxy: TestProxy
  let store: RedisSessionStore
  const counter = async () => JSON.parse((await redis().command('hget', 'mcp:session:s', 'v"n"')) || '0')

  async function open(options: RedisSessionStoreOptions = {}): Promise<RedisSessionStore> {
    const opened = new RedisSessionStore({ url: proxy.url, deadlineMs: DEADLINE_MS, ...options })
    await opened.ping()
    // Loads every script, so that what a test loses is the answer to the script itself.
    await opened.update('warm', 'n', increment, LONG)
    return opened
  }

  beforeEach(async () => {
    await redis().command('flushall')
    proxy = await startProxy(redis().port)
    store = await open()
  })
  afterEach(async () => {
    await store.close()
    await proxy.stop()
  })

  it('calls a write unknown as soon as the connection closed instead of an answer, and executes it once', async () => {
    proxy.replies = 'close'
    const started = systemClock.now()
    await expect(store.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unknown' })
    expect(systemClock.now() - started).toBeLessThan(DEADLINE_MS / 2)
    proxy.replies = 'pass'
    expect(await counter()).toBe(1)
    expect(await redis().command('hget', 'mcp:session:s', 'n')).toBe('1')
  })

  it('runs an update twice with the options that ioredis comes with', async () => {
    const redisOptions = { maxRetriesPerRequest: 20, autoResendUnfulfilledCommands: true, enableOfflineQueue: true }
    const unsafe = await open({ redis: redisOptions, deadlineMs: 2000 })
    let runs = 0
    const updated = unsafe.update(
      's',
      'n',
      (now) => {
        runs += 1
        if (runs === 1) proxy.replies = 'close'
        return increment(now)
      },
      LONG,
    )
    while ((await counter()) === 0) await systemClock.sleep(5)
    proxy.replies = 'pass'
    expect(await updated).toBe(2)
    await unsafe.close()
  })

  it('calls an update unknown at the deadline when nothing answers, and executes it once', async () => {
    const started = systemClock.now()
    const updated = store.update(
      's',
      'n',
      (now) => {
        proxy.replies = 'vanish'
        return increment(now)
      },
      LONG,
    )
    await expect(updated).rejects.toMatchObject({ code: 'store_unknown' })
    expect(systemClock.now() - started).toBeLessThan(DEADLINE_MS * 1.5)
    proxy.replies = 'pass'
    expect(await counter()).toBe(1)
  })

  it('calls an update surely not executed when its reading was not answered', async () => {
    proxy.replies = 'vanish'
    await expect(store.update('s', 'n', increment, LONG)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await counter()).toBe(0)
  })

  it('calls a read that slides unknown, and one that only looks surely not executed', async () => {
    proxy.replies = 'vanish'
    const slid = store.read('s', ['n'], LONG)
    const looked = store.read('s', ['n'])
    const ends = await Promise.allSettled([slid, looked])
    expect(ends).toMatchObject([{ reason: { code: 'store_unknown' } }, { reason: { code: 'store_unavailable' } }])
  })

  it('fails at once while it has no connection, and works again after Redis does', async () => {
    proxy.replies = 'vanish'
    const closed = proxy.closed()
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
    await closed
    const started = systemClock.now()
    await expect(store.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(systemClock.now() - started).toBeLessThan(DEADLINE_MS / 2)
    proxy.replies = 'pass'
    const up = async () =>
      store.ping().then(
        () => true,
        () => false,
      )
    while (!(await up())) await systemClock.sleep(5)
    expect(await counter()).toBe(0)
  })

  it('calls a write surely not executed from the moment it was closed', async () => {
    await store.close()
    for (const until = systemClock.now() + 50; systemClock.now() < until; await systemClock.sleep(1)) {
      await expect(store.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unavailable' })
    }
  })

  it('calls a write that Redis refused surely not executed', async () => {
    await redis().command('config', 'set', 'maxmemory', '1')
    await expect(store.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unavailable', message: /OOM/ })
    await redis().command('config', 'set', 'maxmemory', '0')
    expect(await counter()).toBe(0)
  })

  it('reads and slides while Redis is full', async () => {
    await store.set('s', 'n', 1, LONG)
    await redis().command('config', 'set', 'maxmemory', '1')
    expect(await store.read('s', ['n'], { ttl: 120_000 })).toEqual(new Map([['n', 1]]))
    await redis().command('config', 'set', 'maxmemory', '0')
    expect(Number(await redis().command('pttl', 'mcp:session:s'))).toBeGreaterThan(60_000)
  })

  it('calls a write unknown where an error says nothing of whether it happened', async () => {
    await redis().command('set', 'mcp:session:s', 'not a hash')
    await expect(store.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unknown', message: /WRONGTYPE/ })
  })

  it('gives a script again to a Redis that has forgotten it', async () => {
    await redis().command('script', 'flush')
    expect(await store.update('s', 'n', increment, LONG)).toBe(1)
    expect(await counter()).toBe(1)
  })

  it('goes on where the set of deadlines cannot be written', async () => {
    await redis().command('set', 'mcp:deadlines', 'not a sorted set')
    await store.set('s', 'n', 1, LONG)
    expect(await counter()).toBe(1)
    await redis().command('del', 'mcp:deadlines')
    expect(await store.sessionCount()).toBe(0)
    await store.read('s', ['n'], LONG)
    while ((await store.sessionCount()) === 0) await systemClock.sleep(5)
    expect(await store.sessionCount()).toBe(1)
  })

  it('gives up at the deadline while it waits for its turn, and says that it did nothing', async () => {
    const slow = store.update(
      's',
      'n',
      (now) => {
        proxy.replies = 'vanish'
        return increment(now)
      },
      LONG,
    )
    const waiting = store.update('s', 'n', increment, LONG)
    const ends = await Promise.allSettled([slow, waiting])
    expect(ends).toMatchObject([{ reason: { code: 'store_unknown' } }, { reason: { code: 'store_unavailable' } }])
    expect(await counter()).toBe(1)
  })

  it('waits for its first connection no longer than an operation may take', async () => {
    const nowhere = new RedisSessionStore({ url: 'redis://127.0.0.1:1', deadlineMs: DEADLINE_MS })
    await expect(nowhere.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
    await nowhere.close()
    proxy.replies = 'vanish'
    const silent = new RedisSessionStore({ url: proxy.url, deadlineMs: DEADLINE_MS })
    const started = systemClock.now()
    await expect(silent.set('s', 'n', 1, LONG)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(systemClock.now() - started).toBeLessThan(DEADLINE_MS * 1.5)
    await silent.close()
  })
})
