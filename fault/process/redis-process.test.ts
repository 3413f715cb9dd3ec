// What each fault of Redis does to it, how they overlap, and the way back: on a Redis alone, without a stack around it.
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { until } from '../until.ts'
import { describeWithTools } from './needs-tools.ts'
import { startRedis } from './parts.ts'
import { freePorts } from './ports.ts'
import type { RedisProcess } from './redis-process.ts'
import { Site } from './site.ts'
import { toolPaths } from './tools.ts'

describeWithTools('the Redis of a stack', () => {
  let site: Site
  let redis: RedisProcess
  let port: number
  let client: Redis

  beforeAll(async () => {
    const [free = 0] = await freePorts(1)
    port = free
    site = new Site()
    redis = await startRedis(site, toolPaths()['redis-server'], port)
  })
  beforeEach(async () => {
    client = open()
    await client.set('counter', '1')
  })
  afterEach(async () => {
    client.disconnect()
    await redis.heal()
    await redis.empty()
  })
  afterAll(() => site.close())

  /** One connection, and what is asked over it is asked once. */
  function open(): Redis {
    const opened = new Redis(port, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    opened.on('error', () => undefined)
    onTestFinished(() => opened.disconnect())
    return opened
  }

  /** Over a new connection. */
  const counter = () => open().get('counter')
  const increment = () => open().incr('counter')

  it('paused is silent, and executes what it was asked when it goes on', async () => {
    await redis.pause()
    await redis.pause()
    expect(redis.state).toBe('paused')
    const asked = increment()
    expect(await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 100, 'silent'))])).toBe('silent')
    await redis.continue()
    await redis.continue()
    expect(redis.state).toBe('up')
    expect(await asked).toBe(2)
  })

  it('stopped refuses connections, and is back with its data', async () => {
    await redis.stop()
    await redis.stop()
    expect(redis.state).toBe('down')
    await expect(counter()).rejects.toThrow()
    await redis.start()
    await redis.start()
    expect(redis.state).toBe('up')
    expect(await counter()).toBe('1')
  })

  it('restarted with its data has every write that it acknowledged until it ended', async () => {
    let acknowledged = 1
    const writing = (async () => {
      for (;;) acknowledged = await client.incr('counter')
    })().catch(() => undefined)
    const grown = async () => (acknowledged > 50 ? true : undefined)
    await until(grown, { limitMs: 5_000, missing: () => 'nothing is written' })
    await redis.restart({ data: 'kept' })
    await writing
    // One more may have been done without its answer having come.
    expect([acknowledged, acknowledged + 1]).toContain(Number(await counter()))
  })

  it('restarted with its data keeps deadlines', async () => {
    await client.pexpire('counter', 100_000)
    await redis.restart({ data: 'kept' })
    const left = await open().pttl('counter')
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(100_000)
  })

  it('restarted without its data has none, though it was saved before', async () => {
    await redis.restart({ data: 'kept' })
    await redis.restart({ data: 'lost' })
    expect(await counter()).toBeNull()
  })

  it('full refuses what takes memory, and serves the rest', async () => {
    await redis.fill()
    await expect(increment()).rejects.toThrow(/^OOM/)
    expect(await counter()).toBe('1')
    await redis.heal()
    expect(await increment()).toBe(2)
  })

  it('read-only refuses every write, and serves the rest', async () => {
    await redis.readOnly()
    await expect(open().pexpire('counter', 1)).rejects.toThrow(/^READONLY/)
    expect(await counter()).toBe('1')
    await redis.heal()
    expect(await increment()).toBe(2)
  })

  it.each(['kept', 'lost'] as const)(
    'paused, full and read-only comes back from a restart with data %s as up and still both',
    async (data) => {
      await Promise.all([redis.pause(), redis.fill(), redis.readOnly(), redis.restart({ data })])
      expect(redis.state).toBe('up')
      await expect(increment()).rejects.toThrow(/^READONLY/)
      const limit = await open().config('GET', 'maxmemory')
      expect(limit).toEqual(['maxmemory', '1'])
      await redis.heal()
      expect(await increment()).toBe(data === 'kept' ? 2 : 1)
    },
  )

  it('told to refuse while it is paused or down does so when it is back', async () => {
    await redis.pause()
    await redis.fill()
    await redis.continue()
    await expect(increment()).rejects.toThrow(/^OOM/)
    await redis.stop()
    await redis.readOnly()
    await redis.pause()
    await redis.start()
    await expect(increment()).rejects.toThrow(/^READONLY/)
  })

  it('heals from everything at once', async () => {
    void redis.fill()
    void redis.readOnly()
    void redis.stop()
    void redis.start()
    void redis.pause()
    await redis.heal()
    expect(redis.state).toBe('up')
    expect(await increment()).toBe(2)
  })

  it('tells of writes over a restart', async () => {
    const seen: string[] = []
    const watching = new AbortController()
    onTestFinished(() => watching.abort())
    await redis.watchWrites((id) => seen.push(id), watching.signal)
    await redis.restart({ data: 'kept' })
    const writer = open()
    const write = async () => {
      await writer.set('mcp:session:after', 'v')
      return seen.includes('after') ? true : undefined
    }
    await until(write, { limitMs: 5_000, missing: () => 'the write is not seen' })
  })

  it('that ends by itself is a failure of the stack, also when it is restarted then', async () => {
    const told: string[] = []
    const other = new Site(undefined, (name, how) => told.push(`${name}: ${how}`))
    onTestFinished(() => other.close())
    const [free = 0] = await freePorts(1)
    const crashing = await startRedis(other, toolPaths()['redis-server'], free)
    await crashing.restart({ data: 'lost' })
    other.assertWhole()
    const id = other.processes.get('redis') ?? 0
    process.kill(id, 'SIGKILL')
    await until(async () => (told.length > 0 ? true : undefined), {
      limitMs: 5_000,
      missing: () => 'it is not told of',
    })
    await crashing.restart({ data: 'kept' })
    expect(told).toEqual(['redis: SIGKILL'])
    expect(() => other.assertWhole()).toThrow(/redis ended by itself \(SIGKILL\)/)
  })
})
