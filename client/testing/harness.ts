// A client on a fake tier and a manual clock, and what it tells of itself.
import type { ClientEvents } from '../events.ts'
import type { ResilientClientOptions } from '../options.ts'
import { ResilientClient } from '../resilient-client.ts'
import { FakeTier } from './fake-tier.ts'
import { ManualClock } from './manual-clock.ts'

export interface Harness {
  readonly tier: FakeTier
  readonly clock: ManualClock
  readonly client: ResilientClient
  /** Each event as a line, without times. */
  readonly told: string[]
  /** Increments the counter, letting time pass until the call ends. */
  increment(callId?: string): Promise<number>
  /** How the client's session counts now, asked past the client. */
  counter(): number | undefined
}

export async function connected(options: Partial<ResilientClientOptions> = {}): Promise<Harness> {
  const harness = unconnected(options)
  await harness.clock.until(harness.client.connect())
  return harness
}

export function unconnected(options: Partial<ResilientClientOptions> = {}): Harness {
  const tier = new FakeTier()
  const clock = new ManualClock()
  const client = new ResilientClient('http://fake.test/mcp', {
    clientInfo: { name: 'test', version: '1' },
    fetch: tier.fetch,
    clock,
    random: () => 0.5,
    randomId: () => 'client',
    ...options,
  })
  const told: string[] = []
  tell(client, told)
  return {
    tier,
    clock,
    client,
    told,
    counter: () => tier.server.counterOf(client.sessionId),
    increment: async (callId = 'increment') => counterIn(await clock.until(increment(client, callId))),
  }
}

export function increment(client: ResilientClient, callId: string): ReturnType<ResilientClient['callTool']> {
  return client.callTool({ name: 'increment_counter' }, undefined, { callId })
}

export function counterIn({ structuredContent }: Awaited<ReturnType<ResilientClient['callTool']>>): number {
  const content: unknown = structuredContent
  if (typeof content === 'object' && content !== null && 'counter' in content) return Number(content.counter)
  throw new Error(`No counter in ${JSON.stringify(content)}`)
}

function tell(client: ResilientClient, told: string[]): void {
  const seq = (event: { key?: ClientEvents['attempt']['key'] }) => (event.key ? ` seq ${event.key.seq}` : '')
  client
    .on('attempt', (event) => told.push(`attempt ${event.try} of ${event.call} on ${event.session}${seq(event)}`))
    .on('attemptEnded', (event) => told.push(`attempt ${event.try} of ${event.call} ended ${event.outcome}`))
    .on('resuming', (event) => told.push(`resuming ${event.from} to ${event.to}${seq(event)}`))
    .on('resumed', (event) => told.push(`resumed ${event.from} to ${event.to}, ${event.keysCopied} copied`))
    .on('abandoned', (event) => told.push(`abandoned ${event.session}`))
    .on('gaveUp', (event) => told.push(`gave up ${event.call}: ${event.outcome}`))
    .on('warning', (event) => told.push(`warning ${event.code}`))
}
