// Silence as a sign of death: a paused instance still accepts, so only the missing comments on its stream tell.
import { expect } from 'vitest'
import { type ClientEvents, ResilientClient } from '../../../client/index.ts'
import { endWithTest } from '../end-with-test.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { readValue } from '../stack-client.ts'

const SILENCE_MS = 2_500

// The balancer's own checks find nothing here: the client is left to hear the silence by itself.
const NEVER_MS = 60_000
const TIMERS = { keepAliveMs: 100, checkMs: NEVER_MS, fastCheckMs: NEVER_MS, checkTimeoutMs: NEVER_MS }

describeOnTiers('a resilient client', { ttlMs: 30_000, timers: TIMERS }, ({ it }) => {
  it('through the balancer gives up a try on a paused instance after silenceMs, and succeeds elsewhere', async (stack) => {
    const client = new ResilientClient(stack.endpoint, {
      clientInfo: { name: 'test', version: '0' },
      silenceMs: SILENCE_MS,
      fetch: stack.fetch,
    })
    endWithTest(stack, () => client.close())
    const sent: ClientEvents['attempt'][] = []
    const ended: ClientEvents['attemptEnded'][] = []
    client.on('attempt', (event) => sent.push(event))
    client.on('attemptEnded', (event) => ended.push(event))
    await client.connect()
    await client.callTool({ name: 'increment_counter' })
    const { instance } = readValue(await client.callTool({ name: 'get_counter' }))
    await stack.backends.find(({ name }) => name === instance)?.pause()
    const [triesBefore, endsBefore] = [sent.length, ended.length]
    const value = readValue(await client.callTool({ name: 'increment_counter' }))
    expect(value).toMatchObject({ counter: 2 })
    expect(value.instance).not.toBe(instance)
    const [first] = sent.slice(triesBefore)
    const [end] = ended.slice(endsBefore)
    expect(end).toMatchObject({
      session: first?.session,
      outcome: 'unknown',
      reason: `nothing was heard for ${SILENCE_MS} ms`,
    })
    expect((end?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(SILENCE_MS)
    expect(ended.at(-1)).toMatchObject({ outcome: 'ok' })
  })

  it('does not take a long call for a silent one, as long as its stream has comments', async (stack) => {
    const client = new ResilientClient(stack.endpoint, {
      clientInfo: { name: 'test', version: '0' },
      silenceMs: SILENCE_MS,
      fetch: stack.fetch,
    })
    endWithTest(stack, () => client.close())
    const sent: ClientEvents['attempt'][] = []
    await client.connect()
    await client.setLoggingLevel('emergency')
    client.on('attempt', (event) => sent.push(event))
    const value = readValue(await client.callTool({ name: 'analyze_data', arguments: { num_items: 10 } }))
    expect(value).toMatchObject({ items_processed: 10 })
    expect(sent).toHaveLength(1)
  })
})
