// The reconnection: what is repeated, what is given up, and how long it listens.
import { expect, test } from 'vitest'
import { eventStream, refuse, reset, silence, status, storeError } from './testing/fake-tier.ts'
import { connected, increment, unconnected } from './testing/harness.ts'

test('after store_unavailable the resume is sent once more into the same session', async () => {
  const { tier, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  tier.next('resume_session', storeError('store_unavailable'))
  told.length = 0
  expect(await increment()).toBe(2)
  expect(told.slice(2, 5)).toEqual(['resuming s1 to s2 seq 3', 'resuming s1 to s2 seq 3', 'resumed s1 to s2, 1 copied'])
})

test('a session whose store stays unavailable is abandoned for another', async () => {
  const { tier, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  tier.next('resume_session', storeError('store_unavailable'))
  tier.next('resume_session', storeError('store_unavailable'))
  told.length = 0
  expect(await increment()).toBe(2)
  expect(told.slice(2, 7)).toEqual([
    'resuming s1 to s2 seq 3',
    'resuming s1 to s2 seq 3',
    'abandoned s2',
    'resuming s1 to s3 seq 4',
    'resumed s1 to s3, 1 copied',
  ])
})

test.each([
  { name: 'reset', fault: reset },
  { name: '503', fault: status(503) },
  { name: 'silence', fault: silence },
  { name: 'store_unknown', fault: storeError('store_unknown') },
])('after $name the resume is never sent again into the same session', async ({ fault }) => {
  const { tier, clock, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  tier.next('resume_session', fault)
  told.length = 0
  expect(await increment()).toBe(2)
  expect(told.slice(2, 6)).toEqual([
    'resuming s1 to s2 seq 3',
    'abandoned s2',
    'resuming s1 to s3 seq 4',
    'resumed s1 to s3, 1 copied',
  ])
  await clock.settle()
  expect(tier.log.filter((what) => what.startsWith('DELETE'))).toEqual(['DELETE@s1', 'DELETE@s2'])
})

test('a resume whose reply confirms nothing is not taken for done', async () => {
  const { tier, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  const result = { content: [], structuredContent: { status: 'maybe' } }
  tier.next(
    'resume_session',
    eventStream(({ id }) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`),
  )
  expect(await increment()).toBe(2)
  expect(told).toContain('abandoned s2')
})

test('a resume that ends in a tool error is not taken for done', async () => {
  const { tier, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  const result = { content: [{ type: 'text', text: 'no such tool' }], isError: true }
  tier.next(
    'resume_session',
    eventStream(({ id }) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`),
  )
  expect(await increment()).toBe(2)
  expect(told).toContain('abandoned s2')
})

test('a session whose greeting is lost is abandoned before anything is resumed into it', async () => {
  const { tier, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  tier.next('notifications/initialized', reset)
  told.length = 0
  expect(await increment()).toBe(2)
  expect(told.slice(2, 5)).toEqual(['abandoned s2', 'resuming s1 to s3 seq 3', 'resumed s1 to s3, 1 copied'])
})

test('a server that names no session is not insisted on', async () => {
  const { tier, clock, client } = unconnected()
  tier.next('initialize', async (serve) => {
    const { body, status } = await serve()
    return new Response(body, { status, headers: { 'content-type': 'text/event-stream' } })
  })
  const error = await clock.until(client.connect().catch((thrown: unknown) => thrown))
  expect(error).toMatchObject({ code: 'no_session', outcome: 'fail' })
})

test('a long reconnection gives no warning of leaking listeners', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const { tier, clock, client } = unconnected()
  tier.always('initialize', status(503))
  await clock.until(client.connect().catch(() => undefined))
  process.off('warning', note)
  expect(tier.of('initialize').length).toBeGreaterThan(40)
  expect(warnings).toEqual([])
})

test('handshakes listen twice as long after each that stayed silent, but no longer than a call does', async () => {
  const { tier, clock, client } = unconnected({ random: () => 0, handshakeMs: 1000, silenceMs: 6000 })
  tier.always('initialize', silence)
  const times: number[] = []
  const connecting = client.connect({ timeout: 25_000 }).catch(() => undefined)
  for (let seen = 0; seen < 6; seen++) {
    await clock.settle()
    times.push(clock.now())
    while (tier.of('initialize').length <= seen + 1 && clock.now() < 25_000) await clock.advance(100)
  }
  await clock.until(connecting)
  expect(times).toEqual([0, 1000, 3000, 7000, 13_000, 19_000])
})

test('waits between handshakes double up to the longest, with full jitter', async () => {
  const { tier, clock, client } = unconnected({ random: () => 0.999_999 })
  const times: number[] = []
  tier.always('initialize', (serve, arrival) => {
    times.push(clock.now())
    return refuse(serve, arrival)
  })
  await clock.until(client.connect({ timeout: 9000 }).catch(() => undefined))
  const waits = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)))
  expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000])
})

test('a reconnection that nobody waits for any more ends, and the next call resumes from the confirmed session', async () => {
  const { tier, clock, client, increment: once, told } = await connected()
  await once('first')
  tier.server.forget('s1')
  tier.next('resume_session', silence)
  const short = client.callTool({ name: 'increment_counter' }, undefined, { timeout: 500, callId: 'short' })
  await clock.until(short.catch(() => undefined))
  await clock.settle()
  expect(clock.pending).toBe(0)
  expect(told.slice(-3)).toEqual(['resuming s1 to s2 seq 3', 'gave up short: fail', 'abandoned s2'])
  expect(await once('next')).toBe(2)
  expect(told).toContain('resumed s1 to s3, 1 copied')
})

test("one caller's deadline does not end the reconnection that another waits for", async () => {
  const { tier, clock, client, increment: once } = await connected()
  await once('first')
  tier.server.forget('s1')
  tier.next('initialize', silence)
  const short = client.callTool({ name: 'increment_counter' }, undefined, { timeout: 500 }).catch(() => 'gave up')
  const patient = increment(client, 'patient')
  expect(await clock.until(short)).toBe('gave up')
  await clock.until(patient)
  expect(tier.of('initialize')).toHaveLength(3)
})

test('the log level is told to each session that takes over, before any call', async () => {
  const { tier, clock, client, increment } = await connected()
  await clock.until(client.setLoggingLevel('warning'))
  tier.server.forget('s1')
  await increment()
  expect(tier.server.levels.get('s2')).toBe('warning')
  const onNew = tier.log.filter((what) => what.endsWith('@s2'))
  expect(onNew.slice(1)).toEqual(['resume_session@s2', 'logging/setLevel@s2', 'increment_counter@s2'])
})

test('a session lost right after its resume was confirmed is the one that the next resumes from', async () => {
  const { tier, clock, client, increment, told } = await connected()
  await increment('first')
  await clock.until(client.setLoggingLevel('warning'))
  tier.server.forget('s1')
  tier.next('logging/setLevel', reset)
  expect(await increment()).toBe(2)
  expect(told).toContain('resumed s2 to s3, 1 copied')
})

test('no standalone stream is opened', async () => {
  const { tier, clock, increment } = await connected()
  await increment()
  await clock.settle()
  expect(tier.arrivals.filter(({ http }) => http === 'GET')).toEqual([])
})

test('what a server says of itself is that of the session held', async () => {
  const { tier, client, increment } = await connected()
  expect(client.getInstructions()).toBe('of s1')
  tier.server.forget('s1')
  await increment()
  expect(client.getInstructions()).toBe('of s2')
  expect(client.getServerVersion()).toEqual({ name: 'fake', version: '1' })
})
