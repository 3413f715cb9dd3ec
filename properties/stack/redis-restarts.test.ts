// Redis restarted behind the whole stack, with its data and without, and lost to one instance alone.
import { expect } from 'vitest'
import { scaledTimers } from '../../fault/index.ts'
import { type Counting, counted, openCounting } from './counting.ts'
import { describeOnTiers } from './on-tiers.ts'
import { until } from './until.ts'
import { send } from './wire/request.ts'
import { openSession } from './wire/session.ts'

describeOnTiers('Redis', { ttlMs: 30_000, timers: scaledTimers(3_000) }, ({ it }) => {
  it('restarted with its data, sessions go on where they were', async (stack) => {
    const session = await openSession(stack)
    const client = await openCounting(stack)
    expect([await counted(session), await client.count()]).toEqual([1, 1])
    await stack.redis.restart({ data: 'kept' })
    const counting = client.count()
    await stack.heal()
    expect([await counted(session), await counting]).toEqual([2, 2])
  })

  it('restarted over and over with its data has counted each acknowledged call, and once', async (stack) => {
    const clients = await Promise.all([openCounting(stack), openCounting(stack), openCounting(stack)])
    const counts: unknown[][] = clients.map(() => [])
    let restarting = true
    const counting = clients.map(async (each, at) => {
      while (restarting) counts[at]?.push(await each.count())
    })
    const allGoOn = () => {
      const before = counts.map(({ length }) => length)
      const haveCounted = async () => counts.every(({ length }, at) => length > (before[at] ?? 0) + 1)
      return until(stack, haveCounted, { limitMs: 15_000, missing: () => `nothing is counted any more: ${counts}` })
    }
    await allGoOn()
    for (let n = 1; n <= 3; n++) {
      await stack.redis.restart({ data: 'kept' })
      await allGoOn()
    }
    restarting = false
    await Promise.all(counting)
    for (const each of counts) expect(each).toEqual(each.map((_, at) => at + 1))
    expect(stack.crashes).toEqual([])
  })

  it('restarted without its data, sessions go on from nothing', async (stack) => {
    const session = await openSession(stack)
    const client = await openCounting(stack)
    expect([await counted(session), await client.count()]).toEqual([1, 1])
    await stack.redis.restart({ data: 'lost' })
    await stack.heal()
    expect([await counted(session), await client.count()]).toEqual([1, 1])
  })

  it('silent for one instance alone, that one says so and its clients go on elsewhere', async (stack) => {
    const [first] = stack.backends
    if (first === undefined) throw new Error('the stack has no instance')
    const session = await openSession(stack, first.url)
    const clients: Counting[] = []
    const servedBy = async () => {
      const each = await openCounting(stack)
      clients.push(each)
      return (await each.increment()).instance
    }
    while ((await servedBy()) !== first.name) {}
    await stack.links.get('redis:1')?.cut()
    const refused = { isError: true, structuredContent: { error: { code: 'store_unavailable' }, instance: first.name } }
    expect(await session.tool('increment_counter')).toMatchObject(refused)
    const healths = stack.backends.map(({ url }) => send(stack, new URL('/health', url), { method: 'GET' }))
    expect((await Promise.all(healths)).map(({ status }) => status)).toEqual([503, 200, 200])
    for (const { instance, counter } of await Promise.all(clients.map((each) => each.increment()))) {
      expect({ instance, counter }).toEqual({ instance: expect.stringMatching(/^mcp-server-[23]$/), counter: 2 })
    }
    await stack.heal()
    expect(await Promise.all(clients.map((each) => each.count()))).toEqual(clients.map(() => 3))
    expect(await counted(session)).toBe(1)
  })
})
