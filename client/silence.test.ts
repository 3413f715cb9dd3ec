// When a stream counts as dead: bytes of any kind are life.
import { expect, test } from 'vitest'
import { SilenceWatch, withLastWords } from './silence.ts'
import { silence, storeError } from './testing/fake-tier.ts'
import { connected, counterIn, increment } from './testing/harness.ts'
import { ManualClock } from './testing/manual-clock.ts'

test('a watch calls back after the silence, counted from the last thing heard', async () => {
  const clock = new ManualClock()
  const silent: number[] = []
  const watch = new SilenceWatch(clock, 100, () => silent.push(clock.now()))
  await clock.advance(60)
  watch.heard()
  await clock.advance(300)
  expect(silent).toEqual([160])
})

test('a stopped watch never calls back', async () => {
  const clock = new ManualClock()
  const watch = new SilenceWatch(clock, 100, () => expect.unreachable())
  await clock.advance(60)
  watch.stop()
  expect(clock.pending).toBe(0)
})

test('keep-alive comments are life: a call may take far longer than the silence that would end it', async () => {
  const { tier, clock, client, told } = await connected({ silenceMs: 6000 })
  tier.next('increment_counter', async (serve) => {
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await clock.sleep(5000)
        if (clock.now() < 40_000) return controller.enqueue(new TextEncoder().encode(': alive\n\n'))
        controller.enqueue(new TextEncoder().encode(await (await serve()).text()))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  expect(counterIn(await clock.until(increment(client, 'long')))).toBe(1)
  expect(clock.now()).toBe(40_000)
  expect(told).toEqual(['attempt 1 of long on s1 seq 1', 'attempt 1 of long ended ok'])
})

test('a silent try is given up after exactly the silence, and its fetch aborted', async () => {
  const { tier, clock, client } = await connected({ silenceMs: 6000 })
  tier.next('increment_counter', silence)
  const ended: { at: number; reason: string }[] = []
  client.on('attemptEnded', ({ at, reason }) => ended.push({ at, reason }))
  await clock.until(increment(client, 'silent'))
  expect(ended[0]).toEqual({ at: 6000, reason: 'nothing was heard for 6000 ms' })
  expect(tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true, false])
})

test('an answered stream that never ends is let go after the silence, keep-alives or not', async () => {
  const { tier, clock, client } = await connected({ silenceMs: 6000 })
  tier.next('increment_counter', async (serve) => {
    const answer = await (await serve()).text()
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent++ > 0) await clock.sleep(2000)
        controller.enqueue(new TextEncoder().encode(sent === 1 ? answer : ': alive\n\n'))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  expect(counterIn(await clock.until(increment(client, 'answered')))).toBe(1)
  expect(clock.now()).toBe(0)
  await clock.advance(6000)
  expect(tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true])
})

test('so is the stream of a store failure', async () => {
  const { tier, clock, client } = await connected({ silenceMs: 6000 })
  tier.next('increment_counter', async (serve, arrival) => {
    const answer = await (await storeError('store_unknown')(serve, arrival)).text()
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(answer)),
    })
    return new Response(endless, { headers: { 'content-type': 'Text/Event-Stream; charset=utf-8' } })
  })
  expect(counterIn(await clock.until(increment(client, 'failed')))).toBe(1)
  await clock.advance(6000)
  expect(tier.of('increment_counter').map(({ signal }) => signal.aborted)).toEqual([true, false])
})

test('the last words stand behind everything that came, however the stream ends', async () => {
  let pulls = 0
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('data: 1\n\ndata: {"cut'))
      else controller.error(new Error('reset'))
    },
  })
  const text = await new Response(withLastWords(broken, () => {})).text()
  expect(text.split('\n\n')).toEqual([
    'data: 1',
    'data: {"cut',
    'data: {"jsonrpc":"2.0","method":"mcp-failproof/stream-ended","params":{"reason":"the stream broke: reset"}}',
    '',
  ])
})
