// Redis does not answer, or not in time: what it may have executed is said to be unknown, what it cannot have is not,
// and what it did is looked up afterwards.
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../wire/clock.ts'
import { RedisSessionStore } from './redis-store.ts'
import { openLine } from './test-line.ts'
import { askEverything, DEADLINE_MS, increment, LONG, prepare } from './test-operations.ts'
import { startProxy, type TestProxy } from './test-proxy.ts'
import { describeWithRedis } from './test-redis.ts'

const KNOWN = { code: 'store_unavailable' }
const UNKNOWN = { code: 'store_unknown' }
const LATE = 'Redis did not answer in time'

describeWithRedis('the Redis store, where Redis', (redis) => {
  let proxy: TestProxy
  let store: RedisSessionStore

  const until = async (happened: () => Promise<boolean>): Promise<void> => {
    while (!(await happened())) await systemClock.sleep(5)
  }
  const field = async (name: string) => redis().command('hget', 'mcp:session:s', name)
  const counter = () => field('v"n"')
  const connections = async () => (await redis().command('client', 'list', 'type', 'normal')).match(/cmd=(?!client)/g)
  const scriptsRun = async () => /evalsha:calls=(\d+)/.exec(await redis().command('info', 'commandstats'))?.[1]
  const served = () =>
    store.ping().then(
      () => true,
      () => false,
    )

  beforeEach(async () => {
    await redis().command('flushall')
    proxy = await startProxy(redis().port)
    store = new RedisSessionStore({ url: proxy.url, deadlineMs: DEADLINE_MS })
    await prepare(store)
    // Loads every script, so that what a test loses is the answer to the script itself.
    await askEverything(store, DEADLINE_MS)
    await store.set('s', 'n', 1, LONG)
    await redis().command('del', 'mcp:session:t')
    await redis().command('zrem', 'mcp:deadlines', 'mcp:session:t')
  })
  afterEach(async () => {
    redis().continue()
    await store.close()
    await proxy.stop()
  })

  it('is paused executes later what it was sent, and only that was called unknown', async () => {
    await redis().pause()
    const looks = [store.read('s', ['n']), store.keys('s'), store.sessionCount(), store.ping()]
    const decides = [store.update('s', 'n', increment, LONG), store.copySession('s', 't', LONG)]
    const writes = [store.set('s', 'x', 1, LONG), store.read('s', ['n'], { ttl: 120_000 }), store.delete('s', 'n')]
    const ends = await Promise.allSettled([...looks, ...decides, ...writes])
    const codes = ends.map((end) => (end.status === 'rejected' ? { code: end.reason.code } : end))
    expect(codes).toEqual([...looks.map(() => KNOWN), ...decides.map(() => KNOWN), ...writes.map(() => UNKNOWN)])
    redis().continue()
    await until(async () => (await field('v"x"')) === '1' && (await counter()) === '')
    expect(Number(await redis().command('pttl', 'mcp:session:s'))).toBeGreaterThan(60_000)
    expect(await redis().command('exists', 'mcp:session:t')).toBe('0')
    await until(served)
    expect(await store.update('s', 'n', increment, LONG)).toBe(1)
  })

  it('is paused between an update and its writing executes that later, once', async () => {
    const updated = store.update(
      's',
      'n',
      (now) => {
        void redis().pause()
        return increment(now)
      },
      LONG,
    )
    await expect(updated).rejects.toMatchObject({ ...UNKNOWN, message: LATE })
    redis().continue()
    await until(async () => (await counter()) === '2')
    await until(served)
    expect(await store.update('s', 'n', increment, LONG)).toBe(3)
  })

  it('is paused for long gets one connection at a time, and keeps one', async () => {
    await redis().pause()
    const { late } = await askEverything(store, DEADLINE_MS)
    expect(late).toEqual([])
    const tried = async (times: number) => {
      for (let n = 0; n < times; n++) await proxy.closed()
    }
    await tried(3)
    redis().continue()
    await until(served)
    await until(async () => (await connections())?.length === 1)
    await store.close()
    await until(async () => (await connections()) === null)
  })

  it('holds writes back forgets those whose caller has gone', async () => {
    const line = await openLine(redis().port)
    await line.say('CLIENT PAUSE 600000 WRITE')
    const closed = proxy.closed()
    await expect(store.set('s', 'n', 99, LONG)).rejects.toMatchObject(UNKNOWN)
    await closed
    await until(async () => (await line.say('CLIENT UNPAUSE')) === '+OK')
    line.close()
    await until(served)
    expect(await store.read('s', ['n'])).toEqual(new Map([['n', 1]]))
  })

  it('never hears what it was asked does nothing, and nobody can know', async () => {
    proxy.requests = 'vanish'
    await expect(store.set('s', 'n', 99, LONG)).rejects.toMatchObject({ ...UNKNOWN, message: LATE })
    proxy.requests = 'pass'
    expect(await counter()).toBe('1')
    await until(served)
  })

  it('answers one command after the deadline has executed it', async () => {
    proxy.delayMs = DEADLINE_MS * 3
    await expect(store.set('s', 'n', 99, LONG)).rejects.toMatchObject({ ...UNKNOWN, message: LATE })
    expect(await counter()).toBe('99')
    proxy.delayMs = 0
    await until(served)
    expect(await store.read('s', ['n'])).toEqual(new Map([['n', 99]]))
  })

  it('answers each command slowly has one deadline for all of an operation', async () => {
    const patient = new RedisSessionStore({ url: proxy.url, deadlineMs: 2_000 })
    onTestFinished(() => patient.close())
    await patient.ping()
    proxy.delayMs = 1_900
    const started = systemClock.now()
    await expect(patient.copySession('s', 't', LONG)).rejects.toMatchObject({ ...KNOWN, message: LATE })
    // Its first two commands would take 3,800 ms.
    expect(systemClock.now() - started).toBeLessThan(3_000)
    expect(await redis().command('exists', 'mcp:session:t')).toBe('0')
  })

  it('closes the connection instead of answering is told of in plain words', async () => {
    proxy.replies = 'close'
    const message = 'The connection to Redis closed before it answered'
    await expect(store.set('s', 'n', 99, LONG)).rejects.toMatchObject({ ...UNKNOWN, message })
    expect(await counter()).toBe('99')
  })

  it('is asked too late is sent nothing any more, by whoever waited for a turn either', async () => {
    await redis().command('config', 'resetstat')
    const busy = store.update(
      's',
      'n',
      (now) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DEADLINE_MS * 1.5)
        return increment(now)
      },
      LONG,
    )
    const waiting = Array.from({ length: 20 }, () => store.update('s', 'n', increment, LONG))
    const ends = await Promise.allSettled([busy, ...waiting])
    expect(ends).toMatchObject(ends.map(() => ({ reason: { ...KNOWN, message: LATE } })))
    // The first one's reading.
    expect(await scriptsRun()).toBe('1')
    expect(await counter()).toBe('1')
  })
})
