// The balancer in front of this package's own server: its health, its Redis lost by one instance and by all, its drain.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { startBalancer, startWithTwin } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { named } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

let calls = 0
const reply = z.object({
  result: z.object({
    structuredContent: z.looseObject({
      instance: z.string(),
      counter: z.number().optional(),
      error: z.object({ code: z.string() }).optional(),
    }),
  }),
})

async function post(url: URL, session: string | undefined, method: string, params: object): Promise<Response> {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  return fetch(url, {
    method: 'POST',
    headers: session === undefined ? headers : { ...headers, 'mcp-session-id': session },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++calls, method, params }),
  })
}

/** A new session. */
async function open(url: URL): Promise<string> {
  const clientInfo = { name: 'test', version: '1' }
  const response = await post(url, undefined, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo,
  })
  await response.text()
  return response.headers.get('mcp-session-id') ?? `status ${response.status}`
}

/** What the tool says, or the status where it is not 200. */
async function call(url: URL, session: string, name: string, args = {}) {
  const response = await post(url, session, 'tools/call', { name, arguments: args })
  const text = await response.text()
  if (response.status !== 200) return `status ${response.status}` as const
  const data = text.split('\n').findLast((line) => line.startsWith('data: '))
  return reply.parse(JSON.parse(data?.slice(6) ?? text)).result.structuredContent
}

describeOnEachHaproxy('in front of the real server', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends })
  const cutRedis = (n: number) => stack.links.get(`redis:${n}`)?.cut()
  /** A session whose counter is 1, and its instance. */
  async function counting(url: URL) {
    const session = await open(url)
    const counted = await call(url, session, 'increment_counter')
    if (typeof counted === 'string') throw new Error(counted)
    return { session, instance: counted.instance }
  }

  beforeAll(async () => {
    stack = await startProcessStack({ ttlMs: 60_000, timers: { storeDeadlineMs: 300 } })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  it.each([
    [
      'the obvious line is 403',
      { 'option httpchk': 'option httpchk GET /health', 'http-check send': '# http-check send' },
      403,
    ],
    ['HTTP/1.1 without a host is 400', { 'hdr Host': 'hdr X-Host' }, 400],
  ])('checks name a host that the server knows; %s, and every instance is down', async (_, edits, status) => {
    const { ours, twin } = await startWithTwin(start(), edits)
    await Promise.all(stack.backends.map(({ name }) => twin.becomes(name, 'down')))
    expect(twin.log).toContain(`code: ${status}`)
    for (const { name } of stack.backends) expect(await ours.status(name)).toBe('up')
  })

  it('an instance that has lost Redis gets no new session, and its own can be resumed elsewhere', async () => {
    const ours = await startBalancer(start())
    let { session, instance } = await counting(ours.url)
    while (instance !== 'mcp-server-1') ({ session, instance } = await counting(ours.url))
    await cutRedis(1)
    expect(await call(ours.url, session, 'get_counter')).toMatchObject({ instance, error: { code: /^store_/ } })
    await ours.becomes(instance, 'down')
    expect(await call(ours.url, session, 'get_counter')).toBe('status 404')
    for (let n = 0; n < 6; n++) expect((await counting(ours.url)).instance).not.toBe(instance)
    const next = await open(ours.url)
    expect(await call(ours.url, next, 'resume_session', { old_session_id: session })).toMatchObject({ keys_copied: 1 })
    expect(await call(ours.url, next, 'get_counter')).toMatchObject({ counter: 1 })
  })

  it('all that have lost Redis say so themselves, and work at once when it is back, before any check', async () => {
    const { ours, twin } = await startWithTwin(
      { ...start(), env: { CHECK_DOWNINTER: '300s' } },
      { 'use_backend mcp_degraded if { nbsrv(mcp_servers) eq 0 }': '' },
    )
    const { session, instance } = await counting(ours.url)
    await Promise.all([1, 2, 3].map(cutRedis))
    await Promise.all(stack.backends.flatMap(({ name }) => [ours.becomes(name, 'down'), twin.becomes(name, 'down')]))
    expect(await call(ours.url, session, 'get_counter')).toMatchObject({ instance, error: { code: /^store_/ } })
    expect(await open(ours.url)).toBe('status 503')
    expect(await call(twin.url, session, 'get_counter')).toBe('status 503')
    await Promise.all([...stack.links.values()].map((link) => link.heal()))
    const { url } = named(stack.backends, instance)
    await eventually(() => call(url, session, 'get_counter')).toMatchObject({ counter: 1 })
    expect(await call(ours.url, session, 'increment_counter')).toMatchObject({ instance, counter: 2 })
    expect(await ours.status(instance)).toBe('down')
    expect(await call(twin.url, session, 'get_counter')).toBe('status 503')
  })

  it('an instance that is stopped ends its call, serves its session until then, and gets no others', async () => {
    const ours = await startBalancer(start())
    const { session, instance } = await counting(ours.url)
    const watching = call(ours.url, session, 'watch_counter', { duration_seconds: 3 })
    const stopped = named(stack.backends, instance).stop()
    await ours.becomes(instance, 'draining')
    expect(await call(ours.url, session, 'increment_counter')).toMatchObject({ instance, counter: 2 })
    for (let n = 0; n < 6; n++) expect((await counting(ours.url)).instance).not.toBe(instance)
    expect(await watching).toMatchObject({ instance, total_changes: 1 })
    await stopped
  })
})
