// What SIGTERM does to an instance: it goes on for whom it serves, nobody new is sent to it, and it ends well. What it
// writes to its log then stands in logs.test.ts.
import { expect } from 'vitest'
import type { Backend, Stack } from '../../../fault/index.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { until } from '../until.ts'
import { send } from './request.ts'
import { answerOf, openSession, ping, toolCall } from './session.ts'

const SETTINGS = { ttlMs: 30_000, timers: { checkMs: 500, drainMs: 20_000 } }

function named(stack: Stack, instance: unknown): Backend {
  const backend = stack.backends.find(({ name }) => name === instance)
  if (backend === undefined) throw new Error(`there is no instance ${instance}`)
  return backend
}

describeOnTiers('an instance that is told to end', SETTINGS, ({ it }) => {
  it.for(ROUTES)('$route serves what it has to the end, and exits in order', async ({ urlOf }, stack) => {
    const session = await openSession(stack, urlOf(stack))
    const instance = (await session.tool('increment_counter')).structuredContent?.instance
    const backend = named(stack, instance)
    const health = async () => {
      const reply = await send(stack, new URL('/health', backend.url), { method: 'GET' })
      return { status: reply.status, type: reply.headers['content-type'], body: await reply.json() }
    }
    expect(await health()).toEqual({ status: 200, type: 'application/json', body: { status: 'ok', instance } })
    // The watch holds the drain open until everything was looked at.
    const watch = await session.post(toolCall('watch_counter', { duration_seconds: 30 }, { id: 'watch' }))
    const analysis = await session.post(toolCall('analyze_data', { num_items: 3 }, { id: 'analysis' }))
    const stopped = backend.stop()
    const drains = async () => (await health()).status === 404
    await until(stack, drains, { limitMs: 5_000, missing: () => 'it does not drain' })
    expect((await health()).body).toEqual({ status: 'draining', instance })
    expect((await session.tool('increment_counter')).structuredContent).toEqual({ counter: 2, instance })
    expect(await answerOf(analysis)).toMatchObject({ result: { structuredContent: { items_processed: 3, instance } } })
    expect(backend.state).toBe('draining')
    watch.vanish()
    await stopped
    expect(stack.crashes).toEqual([])
    // A connection that is kept for the next request hears of the end a moment later.
    await stack.clock.sleep(10)
    await expect(health()).rejects.toThrow('ECONNREFUSED')
  })

  it('gets no new session from the balancer, and keeps those that it has', async (stack) => {
    const session = await openSession(stack)
    const instance = (await session.tool('increment_counter')).structuredContent?.instance
    const backend = named(stack, instance)
    const watch = await session.post(toolCall('watch_counter', { duration_seconds: 30 }, { id: 'watch' }))
    const stopped = backend.stop()
    const isSeen = async () => (await stack.balancer.states()).get(backend.name)?.status === 'draining'
    await until(stack, isSeen, { limitMs: 10_000, missing: () => 'the balancer does not see it drain' })
    for (let n = 1; n <= 6; n++) {
      const other = await (await openSession(stack)).tool('get_counter')
      expect(other.structuredContent?.instance).not.toBe(instance)
      expect((await session.tool('increment_counter')).structuredContent).toEqual({ counter: n + 1, instance })
    }
    watch.vanish()
    await stopped
    expect((await session.post(ping())).status).toBe(404)
    const next = await openSession(stack)
    await next.tool('resume_session', { old_session_id: session.id })
    expect((await next.tool('get_counter')).structuredContent).toMatchObject({ counter: 7 })
    expect(stack.crashes).toEqual([])
  })
})
