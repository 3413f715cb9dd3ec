// Silence as a sign of death: a paused instance still accepts, so only the missing comments on its stream tell.
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type ClientEvents, ResilientClient } from '../../../client/index.ts'
import { type Stack, startStack } from '../../../fault/index.ts'
import { describeWithTools } from '../../../fault/process/needs-tools.ts'
import { readValue } from '../stack-client.ts'

const SILENCE_MS = 2_500

describeWithTools('a resilient client', () => {
  let stack: Stack

  beforeAll(async () => {
    // The balancer's own checks find nothing here: the client is left to hear the silence by itself.
    const never = 60_000
    const timers = { keepAliveMs: 100, checkMs: never, fastCheckMs: never, checkTimeoutMs: never }
    stack = await startStack({ tier: 'process', ttlMs: 30_000, timers })
  })
  afterAll(() => stack.close())

  it('through the balancer gives up a try on a paused instance after silenceMs, and succeeds elsewhere', async () => {
    const client = new ResilientClient(stack.endpoint, {
      clientInfo: { name: 'test', version: '0' },
      silenceMs: SILENCE_MS,
      fetch: stack.fetch,
    })
    onTestFinished(() => client.close())
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

  it('does not take a long call for a silent one, as long as its stream has comments', async () => {
    await stack.heal()
    const client = new ResilientClient(stack.endpoint, {
      clientInfo: { name: 'test', version: '0' },
      silenceMs: SILENCE_MS,
      fetch: stack.fetch,
    })
    onTestFinished(() => client.close())
    const sent: ClientEvents['attempt'][] = []
    await client.connect()
    await client.setLoggingLevel('emergency')
    client.on('attempt', (event) => sent.push(event))
    const value = readValue(await client.callTool({ name: 'analyze_data', arguments: { num_items: 10 } }))
    expect(value).toMatchObject({ items_processed: 10 })
    expect(sent).toHaveLength(1)
  })
})
