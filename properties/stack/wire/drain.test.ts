// What SIGTERM does to an instance: it goes on for whom it serves, nobody new is sent to it, and it ends well.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Backend, type Stack, startStack } from '../../../fault/index.ts'
import { describeWithTools } from '../../../fault/process/needs-tools.ts'
import { until } from '../../../fault/until.ts'
import { ROUTES } from '../routes.ts'
import { send } from './request.ts'
import { answerOf, openSession, ping, toolCall } from './session.ts'

describeWithTools('an instance that is told to end', () => {
  let stack: Stack
  let logs = ''

  beforeAll(async () => {
    logs = mkdtempSync(join(tmpdir(), 'mcp-failproof-drain-'))
    stack = await startStack({ tier: 'process', ttlMs: 30_000, timers: { checkMs: 500, drainMs: 20_000 }, logs })
  })
  beforeEach(() => stack.reset())
  afterAll(async () => {
    await stack?.close()
    rmSync(logs, { recursive: true })
  })

  const named = (instance: unknown): Backend => {
    const backend = stack.backends.find(({ name }) => name === instance)
    if (backend === undefined) throw new Error(`there is no instance ${instance}`)
    return backend
  }
  const health = async ({ url }: Backend) => {
    const reply = await send(new URL('/health', url), { method: 'GET' })
    return { status: reply.status, type: reply.headers['content-type'], body: await reply.json() }
  }
  const lastWords = ({ name }: Backend): unknown =>
    JSON.parse(
      readFileSync(join(logs, `${name}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1) ?? '',
    )

  it.each(ROUTES)('$route serves what it has to the end, and exits in order', async ({ urlOf }) => {
    const session = await openSession(urlOf(stack))
    const instance = (await session.tool('increment_counter')).structuredContent?.instance
    const backend = named(instance)
    expect(await health(backend)).toEqual({ status: 200, type: 'application/json', body: { status: 'ok', instance } })
    // The watch holds the drain open until everything was looked at.
    const watch = await session.post(toolCall('watch_counter', { duration_seconds: 30 }, { id: 'watch' }))
    const analysis = await session.post(toolCall('analyze_data', { num_items: 3 }, { id: 'analysis' }))
    const stopped = backend.stop()
    const draining = async () => ((await health(backend)).status === 404 ? true : undefined)
    await until(draining, { limitMs: 5_000, missing: () => 'it does not drain' })
    expect((await health(backend)).body).toEqual({ status: 'draining', instance })
    expect((await session.tool('increment_counter')).structuredContent).toEqual({ counter: 2, instance })
    expect(await answerOf(analysis)).toMatchObject({ result: { structuredContent: { items_processed: 3, instance } } })
    expect(backend.state).toBe('draining')
    watch.vanish()
    await stopped
    expect(lastWords(backend)).toMatchObject({ instance, msg: 'ended' })
    expect(stack.crashes).toEqual([])
    await expect(health(backend)).rejects.toThrow('ECONNREFUSED')
  })

  it('gets no new session from the balancer, and keeps those that it has', async () => {
    const session = await openSession(stack.endpoint)
    const instance = (await session.tool('increment_counter')).structuredContent?.instance
    const backend = named(instance)
    const watch = await session.post(toolCall('watch_counter', { duration_seconds: 30 }, { id: 'watch' }))
    const stopped = backend.stop()
    const seen = async () =>
      (await stack.balancer.states()).get(backend.name)?.status === 'draining' ? true : undefined
    await until(seen, { limitMs: 10_000, missing: () => 'the balancer does not see it drain' })
    for (let n = 1; n <= 6; n++) {
      const other = await (await openSession(stack.endpoint)).tool('get_counter')
      expect(other.structuredContent?.instance).not.toBe(instance)
      expect((await session.tool('increment_counter')).structuredContent).toEqual({ counter: n + 1, instance })
    }
    watch.vanish()
    await stopped
    expect((await session.post(ping())).status).toBe(404)
    const next = await openSession(stack.endpoint)
    await next.tool('resume_session', { old_session_id: session.id })
    expect((await next.tool('get_counter')).structuredContent).toMatchObject({ counter: 7 })
    expect(stack.crashes).toEqual([])
  })
})
