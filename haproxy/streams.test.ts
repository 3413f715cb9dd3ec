// A stream through the balancer: what is said on it arrives at once, silence does not end it, and when its client leaves
// the instance is told.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { type RunningBalancer, startWithTwin } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { named, tell } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

const ROUNDS = 7

describeOnEachHaproxy('a stream', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends })

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  async function open({ url }: RunningBalancer, session: string, signal?: AbortSignal) {
    const init = signal === undefined ? {} : { signal }
    const response = await fetch(new URL('/stream', url), { headers: { 'mcp-session-id': session }, ...init })
    const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (pieces === undefined) throw new Error('the stream has no body')
    const next = async () => (await pieces.read()).value?.trim() ?? 'the end'
    return { instance: named(stack.backends, await next()), next }
  }

  /** How often a piece was heard before the instance, 80 ms after it had said it, told so on a way of its own. */
  async function heardAtOnce(balancer: RunningBalancer, session: string): Promise<number> {
    const { instance, next } = await open(balancer, session)
    let atOnce = 0
    for (let round = 0; round < ROUNDS; round++) {
      const heard = next()
      const said = tell(instance, `/say?session=${session}&text=piece-${round}&ms=80`)
      if ((await Promise.race([heard, said])) !== 'said') atOnce++
      expect(await heard).toBe(`piece-${round}`)
      await said
    }
    await tell(instance, `/end?session=${session}`)
    expect(await next()).toBe('the end')
    return atOnce
  }

  it('is heard as it is said; without `http-no-delay` each piece waits for more', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'option http-no-delay': '' })
    const atOnce = [await heardAtOnce(ours, 'ours'), await heardAtOnce(twin, 'twin')]
    expect(atOnce[0]).toBeGreaterThan(ROUNDS / 2)
    expect(atOnce[1]).toBeLessThan(ROUNDS / 2)
  })

  it('that its client leaves is ended; without `abortonclose` not before the instance says something', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'option abortonclose': '' })
    const client = new AbortController()
    const { instance } = await open(ours, 'ours', client.signal)
    const other = (await open(twin, 'twin', client.signal)).instance
    client.abort()
    await eventually(() => tell(instance, '/left')).toContain('ours')
    expect(await tell(other, '/left')).not.toContain('twin')
    expect(await tell(other, '/streams')).toContain('twin')
    const speak = async () => {
      await tell(other, '/say?session=twin&text=anybody')
      return tell(other, '/left')
    }
    await eventually(speak).toContain('twin')
  })

  it('survives silence; a short `timeout server` cuts it', async () => {
    const { ours, twin } = await startWithTwin(start(), {
      'timeout server "${STREAM_TIMEOUT-300s}"': 'timeout server 400ms',
    })
    const { instance, next } = await open(ours, 'ours')
    const cut = await open(twin, 'twin')
    expect(await cut.next().catch(() => 'cut')).toBe('cut')
    await tell(instance, '/say?session=ours&text=still')
    expect(await next()).toBe('still')
    await tell(instance, '/end?session=ours')
  })
})
