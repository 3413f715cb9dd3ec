// What a caller may rely on, through a fault of each kind. The rules' own tests are in rules.test.ts.
import { expect, test, vi } from 'vitest'
import { CallError } from './errors.ts'
import {
  breakStream,
  eventStream,
  hold,
  loseReply,
  refuse,
  reset,
  silence,
  status,
  storeError,
} from './testing/fake-tier.ts'
import { connected, counterIn, type Harness, increment, unconnected } from './testing/harness.ts'

/** The error that a call ends with, letting time pass until it does. */
async function errorOf({ clock }: Harness, call: Promise<unknown>): Promise<CallError> {
  const error = await clock.until(call.catch((thrown: unknown) => thrown))
  if (error instanceof CallError) return error
  throw new Error(`Ended without a CallError: ${String(error)}`)
}

test('a call on a healthy tier takes one try', async () => {
  const { increment, told } = await connected()
  expect(await increment()).toBe(1)
  expect(told).toEqual(['attempt 1 of increment on s1 seq 1', 'attempt 1 of increment ended ok'])
})

test('after a lost reply the call is repeated once on the same session, and executed once', async () => {
  const { tier, increment, told } = await connected()
  tier.next('increment_counter', loseReply)
  expect(await increment()).toBe(1)
  expect(told).toEqual([
    'attempt 1 of increment on s1 seq 1',
    'attempt 1 of increment ended unknown',
    'attempt 2 of increment on s1 seq 1',
    'attempt 2 of increment ended ok',
  ])
})

test('a stream that ends in the middle of its reply is a lost connection', async () => {
  const { tier, increment, told } = await connected()
  tier.next('increment_counter', breakStream)
  expect(await increment()).toBe(1)
  expect(told.slice(1, 3)).toEqual(['attempt 1 of increment ended unknown', 'attempt 2 of increment on s1 seq 1'])
})

test('a session that the server forgot is resumed by a new one, and DELETEd after that', async () => {
  const { tier, clock, client, increment, told } = await connected()
  await increment('first')
  tier.server.forget('s1')
  told.length = 0
  expect(await increment()).toBe(2)
  expect(client.sessionId).toBe('s2')
  expect(told).toEqual([
    'attempt 1 of increment on s1 seq 2',
    'attempt 1 of increment ended fail',
    'resuming s1 to s2 seq 3',
    'resumed s1 to s2, 1 copied',
    'attempt 2 of increment on s2 seq 2',
    'attempt 2 of increment ended ok',
  ])
  await clock.settle()
  const order = tier.log.filter((what) => /resume_session|DELETE/.test(what))
  expect(order).toEqual(['resume_session@s2', 'DELETE@s1'])
})

test('a second lost connection opens a new session', async () => {
  const { tier, increment, told } = await connected()
  tier.next('increment_counter', refuse)
  tier.next('increment_counter', reset)
  expect(await increment()).toBe(1)
  expect(told).toEqual([
    'attempt 1 of increment on s1 seq 1',
    'attempt 1 of increment ended fail',
    'attempt 2 of increment on s1 seq 1',
    'attempt 2 of increment ended unknown',
    'resuming s1 to s2 seq 2',
    'resumed s1 to s2, 0 copied',
    'attempt 3 of increment on s2 seq 1',
    'attempt 3 of increment ended ok',
  ])
})

test.each([
  { fault: status(503), name: '503', ended: 'fail' },
  { fault: status(502), name: '502', ended: 'unknown' },
  { fault: status(504), name: '504', ended: 'unknown' },
  { fault: silence, name: 'silence', ended: 'unknown' },
  { fault: storeError('store_unavailable'), name: 'store_unavailable', ended: 'fail' },
  { fault: storeError('store_unknown'), name: 'store_unknown', ended: 'unknown' },
])('$name ends a try $ended, and the call goes on in a new session', async ({ fault, ended }) => {
  const { tier, increment, told } = await connected()
  tier.next('increment_counter', fault)
  expect(await increment()).toBe(1)
  expect(told[1]).toBe(`attempt 1 of increment ended ${ended}`)
  expect(told).toContain('attempt 2 of increment on s2 seq 1')
})

test('a read of a resource survives store failures too, and is repeated without a key', async () => {
  const { tier, clock, client } = await connected({ keys: 'off' })
  tier.next('resources/read', loseReply)
  tier.next('resources/read', storeError('store_unknown'))
  const { contents } = await clock.until(client.readResource((session) => ({ uri: `fake:${session}` })))
  expect(contents).toEqual([{ uri: 'fake:s2', text: 'counter 0' }])
})

test('params made by a function are made anew for the session that each try goes to', async () => {
  const { tier, clock, client, increment } = await connected()
  await increment()
  tier.server.forget('s1')
  await clock.until(client.callTool((id) => ({ name: 'get_counter', arguments: { id } })))
  expect(tier.of('get_counter').map(({ params }) => params['arguments'])).toEqual([{ id: 's1' }, { id: 's2' }])
})

test('ten calls that lose their session share one reconnection', async () => {
  const { tier, clock, client } = await connected()
  await clock.until(increment(client, 'first'))
  tier.server.forget('s1')
  const calls = Array.from({ length: 10 }, (_, number) => increment(client, `call ${number}`))
  const counters = (await clock.until(Promise.all(calls))).map(counterIn)
  expect(counters.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  expect(tier.of('initialize')).toHaveLength(2)
  expect(tier.of('resume_session')).toHaveLength(1)
})

test('a call that was refused throughout surely was not executed', async () => {
  const harness = await connected({ deadlineMs: 5000 })
  harness.tier.always('anything', refuse)
  const error = await errorOf(harness, increment(harness.client, 'refused'))
  expect(error).toMatchObject({ code: 'deadline', outcome: 'fail', attempts: 2 })
  expect(harness.clock.now()).toBe(5000)
  expect(harness.told.at(-1)).toBe('gave up refused: fail')
})

test('one unknown try leaves the call unknown, whatever follows', async () => {
  const harness = await connected({ deadlineMs: 5000 })
  harness.tier.next('increment_counter', loseReply)
  harness.tier.always('anything', refuse)
  const error = await errorOf(harness, increment(harness.client, 'lost'))
  expect(error).toMatchObject({ code: 'deadline', outcome: 'unknown', attempts: 2 })
})

test('the deadline ends the running try as unknown, and aborts its fetch', async () => {
  const harness = await connected({ silenceMs: 60_000 })
  harness.tier.next('increment_counter', silence)
  const call = harness.client.callTool({ name: 'increment_counter' }, undefined, { timeout: 700, callId: 'late' })
  const error = await errorOf(harness, call)
  expect(error).toMatchObject({ code: 'deadline', outcome: 'unknown', attempts: 1 })
  expect(harness.clock.now()).toBe(700)
  expect(harness.told.slice(-2)).toEqual(['attempt 1 of late ended unknown', 'gave up late: unknown'])
  expect(harness.tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true])
})

test('an aborted signal ends the call at once, with its reason as the cause', async () => {
  const harness = await connected()
  harness.tier.next('increment_counter', silence)
  const abort = new AbortController()
  const call = harness.client.callTool({ name: 'increment_counter' }, undefined, { signal: abort.signal })
  await harness.clock.settle()
  abort.abort('enough')
  expect(await errorOf(harness, call)).toMatchObject({ code: 'aborted', outcome: 'unknown', cause: 'enough' })
  expect(harness.clock.now()).toBe(0)
})

test('a call whose signal was aborted before is never sent', async () => {
  const harness = await connected()
  const call = harness.client.callTool({ name: 'increment_counter' }, undefined, { signal: AbortSignal.abort() })
  expect(await errorOf(harness, call)).toMatchObject({ code: 'aborted', outcome: 'fail', attempts: 0 })
})

test("a tool's own error is a result, and is never retried", async () => {
  const { clock, client, told } = await connected()
  expect(await clock.until(client.callTool({ name: 'nonsense' }, undefined, { callId: 'bad' }))).toMatchObject({
    isError: true,
  })
  expect(told).toEqual(['attempt 1 of bad on s1 seq 1', 'attempt 1 of bad ended fail'])
})

test('a JSON-RPC error ends the call with the SDK error as its cause', async () => {
  const harness = await connected()
  const error = await errorOf(harness, harness.client.listPrompts())
  expect(error).toMatchObject({ code: 'rejected', outcome: 'fail', attempts: 1, cause: { code: -32601 } })
})

test('a status that repeating cannot mend ends the call at once', async () => {
  const harness = await connected()
  harness.tier.next('increment_counter', status(413))
  const error = await errorOf(harness, increment(harness.client, 'big'))
  expect(error).toMatchObject({ code: 'refused', outcome: 'fail', attempts: 1, status: 413 })
  expect(harness.client.sessionId).toBe('s1')
})

test('a reply without an answer is a lost connection', async () => {
  const { tier, increment, told } = await connected()
  tier.next('increment_counter', async () => new Response(null, { status: 202 }))
  expect(await increment()).toBe(1)
  expect(told.slice(1, 3)).toEqual(['attempt 1 of increment ended unknown', 'attempt 2 of increment on s1 seq 1'])
})

test('in a new session a call is again repeated once after a lost connection', async () => {
  const { tier, increment, told } = await connected()
  for (const fault of [reset, reset, reset]) tier.next('increment_counter', fault)
  expect(await increment()).toBe(1)
  expect(told.filter((line) => line.startsWith('attempt') && line.includes(' on '))).toEqual([
    'attempt 1 of increment on s1 seq 1',
    'attempt 2 of increment on s1 seq 1',
    'attempt 3 of increment on s2 seq 1',
    'attempt 4 of increment on s2 seq 1',
  ])
})

test('a result that does not fit its schema ends the call unknown: it was executed', async () => {
  const harness = await connected()
  const result = { content: 'no list' }
  const odd = eventStream(({ id }) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`)
  harness.tier.next('increment_counter', odd)
  const error = await errorOf(harness, increment(harness.client, 'odd'))
  expect(error).toMatchObject({ code: 'invalid_result', outcome: 'unknown', attempts: 1 })
})

test('params that cannot be made end the call before it is sent', async () => {
  const harness = await connected()
  const call = harness.client.callTool(() => {
    throw new Error('no params')
  })
  expect(await errorOf(harness, call)).toMatchObject({ code: 'refused', outcome: 'fail' })
  expect(harness.tier.log.at(-1)).toBe('notifications/initialized@s1')
})

test('without keys a call that may have been executed is not repeated, one that surely was not is', async () => {
  const harness = await connected({ keys: 'off' })
  harness.tier.next('increment_counter', refuse)
  expect(await harness.increment()).toBe(1)
  harness.tier.next('increment_counter', loseReply)
  const error = await errorOf(harness, increment(harness.client, 'lost'))
  expect(error).toMatchObject({ code: 'unknown_outcome', outcome: 'unknown', attempts: 1 })
  expect(harness.counter()).toBe(2)
  expect(harness.tier.arrivals.filter(({ params }) => params['_meta'] !== undefined)).toEqual([])
})

test('without keys a call that a resume overtakes ends unknown', async () => {
  const harness = await connected({ keys: 'off' })
  harness.tier.next('increment_counter', hold().fault)
  const overtaken = errorOf(harness, increment(harness.client, 'overtaken'))
  harness.tier.next('get_counter', status(503))
  await harness.clock.until(harness.client.callTool({ name: 'get_counter' }))
  expect(await overtaken).toMatchObject({ code: 'unknown_outcome', attempts: 1 })
})

test('a running try ends before the resume that overtakes it is told, and is repeated after it', async () => {
  const { tier, clock, client, told } = await connected()
  tier.next('increment_counter', hold().fault)
  const overtaken = increment(client, 'overtaken')
  tier.next('get_counter', status(503))
  await clock.until(client.callTool({ name: 'get_counter' }, undefined, { callId: 'other' }))
  await clock.until(overtaken)
  expect(told).toEqual([
    'attempt 1 of overtaken on s1 seq 1',
    'attempt 1 of other on s1 seq 2',
    'attempt 1 of other ended fail',
    'attempt 1 of overtaken ended unknown',
    'resuming s1 to s2 seq 3',
    'resumed s1 to s2, 0 copied',
    'attempt 2 of other on s2 seq 2',
    'attempt 2 of overtaken on s2 seq 1',
    'attempt 2 of other ended ok',
    'attempt 2 of overtaken ended ok',
  ])
  expect(tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true, false])
})

test('a reply that comes before the resume is sent counts, though its session is lost already', async () => {
  const { tier, clock, client, told } = await connected()
  const slow = hold()
  tier.next('increment_counter', slow.fault)
  const call = increment(client, 'slow')
  tier.next('get_counter', status(503))
  const initialize = hold()
  tier.next('initialize', initialize.fault)
  const other = client.callTool({ name: 'get_counter' }, undefined, { callId: 'other' })
  await clock.advance(100)
  slow.release()
  expect(counterIn(await clock.until(call))).toBe(1)
  initialize.release()
  expect(counterIn(await clock.until(other))).toBe(1)
  expect(told).not.toContain('attempt 2 of slow on s2 seq 1')
})

test('connect() fails at its deadline with a typed error', async () => {
  const harness = unconnected({ deadlineMs: 3000 })
  harness.tier.always('anything', refuse)
  expect(await errorOf(harness, harness.client.connect())).toMatchObject({ code: 'deadline', outcome: 'fail' })
  expect(harness.clock.now()).toBe(3000)
})

test('connect() does not insist where the endpoint is wrong', async () => {
  const harness = unconnected()
  harness.tier.always('initialize', status(404))
  expect(await errorOf(harness, harness.client.connect())).toMatchObject({ code: 'refused', status: 404 })
  expect(harness.tier.of('initialize')).toHaveLength(1)
})

test('a call without connect() opens the session itself', async () => {
  const { increment, client } = unconnected()
  expect(await increment()).toBe(1)
  expect(client.sessionId).toBe('s1')
})

test('close() ends running calls, DELETEs the session and leaves no timer', async () => {
  const harness = await connected()
  const { tier, clock, client } = harness
  tier.next('increment_counter', silence)
  const call = errorOf(harness, increment(client, 'running'))
  await clock.settle()
  await clock.until(client.close())
  expect(await call).toMatchObject({ code: 'closed', outcome: 'unknown' })
  expect(tier.log.at(-1)).toBe('DELETE@s1')
  expect(clock.pending).toBe(0)
  expect(client.sessionId).toBeUndefined()
  expect(await errorOf(harness, increment(client, 'after'))).toMatchObject({ code: 'closed', outcome: 'fail' })
})

test('close() in the middle of a reconnection DELETEs what it had opened', async () => {
  const harness = await connected()
  const { tier, clock, client } = harness
  tier.next('increment_counter', status(503))
  tier.next('resume_session', silence)
  const call = errorOf(harness, increment(client, 'running'))
  await clock.advance(100)
  await clock.until(client.close())
  expect(await call).toMatchObject({ code: 'closed' })
  expect(tier.log.filter((what) => what.startsWith('DELETE'))).toEqual(['DELETE@s1', 'DELETE@s2'])
  expect(clock.pending).toBe(0)
})

test('close() does not wait long for a server that does not answer its DELETE', async () => {
  const { tier, clock, client } = await connected({ handshakeMs: 1000 })
  tier.next('DELETE', silence)
  await clock.until(client.close())
  expect(clock.now()).toBe(1000)
  expect(tier.of('DELETE').map(({ signal }) => signal.aborted)).toEqual([true])
})

test('close() lets go of streams that were answered and never ended', async () => {
  const { tier, clock, client } = await connected()
  tier.next('increment_counter', async (serve) => {
    const answer = new TextEncoder().encode(await (await serve()).text())
    const endless = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(answer) })
    return new Response(endless, { headers: { 'content-type': 'text/event-stream' } })
  })
  await clock.until(increment(client, 'answered'))
  await clock.until(client.close())
  expect(tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true])
  expect(clock.pending).toBe(0)
})

test('a given-up try leaves no timer of the SDK behind', async () => {
  const { tier, clock, client } = await connected()
  const set = vi.spyOn(globalThis, 'setTimeout')
  const cleared = vi.spyOn(globalThis, 'clearTimeout')
  tier.next('increment_counter', silence)
  await clock.until(increment(client, 'silent'))
  const ofSdk = set.mock.calls.flatMap(([, ms], index) => (ms === 2 ** 31 - 1 ? [set.mock.results[index]?.value] : []))
  const left = ofSdk.filter((timer) => !cleared.mock.calls.some(([other]) => other === timer))
  set.mockRestore()
  cleared.mockRestore()
  expect(ofSdk).toHaveLength(4)
  expect(left).toEqual([])
})

test('a healthy call leaves no timer behind', async () => {
  const { clock, increment } = await connected()
  await increment()
  await clock.settle()
  expect(clock.pending).toBe(0)
})

test('a deadline that is not below the TTL is warned of', async () => {
  const { clock, client, told } = await connected({ ttlMs: 30_000, deadlineMs: 30_000 })
  const warnings = () => told.filter((line) => line === 'warning deadline_not_below_ttl').length
  expect(warnings()).toBe(1)
  await clock.until(client.ping({ timeout: 29_999 }))
  expect(warnings()).toBe(1)
  await clock.until(client.ping({ timeout: 30_000 }))
  expect(warnings()).toBe(2)
  const { told: quiet } = await connected({ ttlMs: 30_000, deadlineMs: 29_999 })
  expect(quiet).toEqual([])
})

test('a setting that is no duration is refused with its name', () => {
  expect(() => unconnected({ silenceMs: 0 })).toThrow('silenceMs is 0; accepted is a number of milliseconds above 0')
})
