// Redis comes back, with its data or without, or has only forgotten its scripts: the store goes on with what there is.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../wire/clock.ts'
import { RedisSessionStore } from './redis-store.ts'
import { AMPLE_MS, askEverything, everything, increment, LONG, prepare } from './test-operations.ts'
import { describeWithRedis } from './test-redis.ts'

describeWithRedis('the Redis store, where Redis', (redis) => {
  let store: RedisSessionStore

  const until = async (happened: () => Promise<boolean>): Promise<void> => {
    while (!(await happened())) await systemClock.sleep(5)
  }
  const counter = () => redis().command('hget', 'mcp:session:s', 'v"n"')
  const connections = async () => (await redis().command('client', 'list', 'type', 'normal')).match(/cmd=(?!client)/g)
  const served = () =>
    store.ping().then(
      () => true,
      () => false,
    )

  beforeEach(async () => {
    await redis().command('flushall')
    store = new RedisSessionStore({ url: redis().url, deadlineMs: AMPLE_MS })
    await prepare(store)
    // Loads every script.
    await askEverything(store, AMPLE_MS)
    await store.set('s', 'n', 1, LONG)
    await redis().command('del', 'mcp:session:t')
    await redis().command('zrem', 'mcp:deadlines', 'mcp:session:t')
  })
  afterEach(async () => {
    await store.close()
  })

  it('has forgotten its scripts serves everything at once', async () => {
    await redis().command('script', 'flush')
    const { answers } = await askEverything(store, AMPLE_MS)
    expect(answers).toEqual(Object.fromEntries(everything.map((name) => [name, 'served'])))
    expect(await counter()).toBe('100')
    for (const again of [() => store.set('s', 'n', 5, LONG), () => store.update('s', 'n', increment, LONG)]) {
      await redis().command('script', 'flush')
      await again()
    }
    expect(await counter()).toBe('6')
  })

  it.each(['saved', 'lost'] as const)('is started again with its data %s goes on with what there is', async (data) => {
    await redis().end(data)
    const { answers } = await askEverything(store, AMPLE_MS).finally(() => redis().start())
    const code = 'store_unavailable: (No connection to Redis|Redis is not ready|The connection to Redis closed)'
    for (const answer of Object.values(answers)) expect(answer).toMatch(new RegExp(`^${code}`))
    await until(served)
    expect(await store.update('s', 'n', increment, LONG)).toBe(data === 'saved' ? 2 : 1)
    expect(await store.sessionCount()).toBe(1)
    expect(await connections()).toHaveLength(1)
  })

  it('stays away is tried again after 50 ms, and ever more slowly, four times a second at last', async () => {
    const times: number[] = []
    let waiting: RedisSessionStore | undefined
    await new Promise<void>((resolve) => {
      const onError = () => {
        if (times.push(systemClock.now()) === 8) resolve()
      }
      waiting = new RedisSessionStore({ url: 'redis://127.0.0.1:1', deadlineMs: AMPLE_MS, onError })
    })
    await waiting?.close()
    const [first = 0] = times
    // 50, 100, 150, 200, and 250 from then on; timers may fire a little early.
    expect((times[7] ?? 0) - first).toBeGreaterThan(1_200)
  })
})
