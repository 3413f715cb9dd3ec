// The client on the real server: three instances in this process over one store, behind a balancer of ten lines.
import { expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { MemorySessionStore } from '../server/store/memory.ts'
import { ResilientClient } from './resilient-client.ts'
import { counterIn, increment } from './testing/harness.ts'
import { ManualClock } from './testing/manual-clock.ts'

type Reply<Method extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Method>>

class Tier {
  readonly clock = new ManualClock()
  readonly store = new MemorySessionStore({ clock: this.clock })
  readonly #instances = new Map<string, ReturnType<typeof createApp>>()
  readonly #homes = new Map<string, string>()
  #ids = 0

  constructor() {
    for (const name of ['a', 'b', 'c']) this.start(name)
  }

  start(name: string): void {
    const randomId = () => `id-${++this.#ids}`
    const { store, clock } = this
    this.#instances.set(
      name,
      createApp({ store, clock, instance: name, ttlMs: 60_000, randomId, allowedHosts: ['tier'] }),
    )
  }

  async kill(name: string): Promise<void> {
    const instance = this.#instances.get(name)
    this.#instances.delete(name)
    await instance?.close()
  }

  readonly fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(url, init)
    request.headers.set('host', 'tier')
    const home = this.#homes.get(request.headers.get('mcp-session-id') ?? '')
    const name = home !== undefined && this.#instances.has(home) ? home : [...this.#instances.keys()][0]
    const instance = this.#instances.get(name ?? '')
    if (name === undefined || !instance) return new Response('no server', { status: 503 })
    const response = await instance.handle(request)
    const session = response.headers.get('mcp-session-id')
    if (session !== null) this.#homes.set(session, name)
    return response
  }
}

function clientOf(tier: Tier): ResilientClient {
  const { fetch, clock } = tier
  return new ResilientClient('http://tier/mcp', {
    clientInfo: { name: 'test', version: '1' },
    ...{ fetch, clock, deadlineMs: 20_000, random: () => 0.5, randomId: () => 'c'.repeat(32) },
  })
}

const content = ({ structuredContent }: Reply<ResilientClient['callTool']>): unknown => structuredContent

test('state outlives each of three instances in turn', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    expect(counterIn(await tier.clock.until(increment(client, name)))).toBe(index + 1)
    if (name !== 'c') await tier.kill(name)
  }
  tier.start('a')
  await tier.kill('c')
  const args = { name: 'get_counter' }
  expect(content(await tier.clock.until(client.callTool(args)))).toMatchObject({ counter: 3, instance: 'a' })
  await tier.clock.until(client.close())
})

test('with no instance up a call waits for one, and then is executed once', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  await tier.clock.until(increment(client, 'first'))
  for (const name of ['a', 'b', 'c']) await tier.kill(name)
  const waiting = increment(client, 'waiting')
  await tier.clock.advance(5000)
  tier.start('b')
  expect(counterIn(await tier.clock.until(waiting))).toBe(2)
  await tier.clock.until(client.close())
})

test('a long call on a killed instance is repeated in full on another, and its progress never falls', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  const heard: number[] = []
  const onprogress = ({ progress }: { progress: number }) => heard.push(progress)
  const params = { name: 'analyze_data', arguments: { num_items: 5 } }
  const analysis = client.callTool(params, undefined, { onprogress })
  await tier.clock.advance(1200)
  await tier.kill('a')
  expect(content(await tier.clock.until(analysis))).toMatchObject({
    items_processed: 5,
    total_score: 22.5,
    instance: 'b',
  })
  expect(heard).toEqual([0, 1, 2, 3, 4, 5])
  await tier.clock.until(client.close())
})

test('resuming the own session, by params made for each try, is the same session over a failover too', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  await tier.clock.until(increment(client, 'first'))
  const own = () => client.callTool((session) => ({ name: 'resume_session', arguments: { old_session_id: session } }))
  expect(content(await tier.clock.until(own()))).toMatchObject({ status: 'same_session' })
  await tier.kill('a')
  expect(content(await tier.clock.until(own()))).toMatchObject({ status: 'same_session', instance: 'b' })
  expect(counterIn(await tier.clock.until(increment(client, 'next')))).toBe(2)
  await tier.clock.until(client.close())
})

test('the summary of the own session is read from the session that the try goes to', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  await tier.clock.until(increment(client, 'first'))
  await tier.kill('a')
  const { contents } = await tier.clock.until(
    client.readResource((session) => ({ uri: `resource://session/${session}/summary` })),
  )
  const [summary] = contents
  expect(summary && 'text' in summary ? JSON.parse(summary.text) : undefined).toMatchObject({
    session_id: client.sessionId,
    counter: 1,
    instance: 'b',
  })
  await tier.clock.until(client.close())
})

test('a session that was DELETEd past the client goes on in a resumed one', async () => {
  const tier = new Tier()
  const client = clientOf(tier)
  await tier.clock.until(client.connect())
  await tier.clock.until(increment(client, 'first'))
  const headers = { 'mcp-session-id': client.sessionId ?? '' }
  expect((await tier.fetch('http://tier/mcp', { method: 'DELETE', headers })).status).toBe(200)
  expect(counterIn(await tier.clock.until(increment(client, 'next')))).toBe(2)
  await tier.clock.until(client.close())
})
