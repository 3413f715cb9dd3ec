// Each promise kept and broken, on histories told by hand.
import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../model/index.ts'
import { counter, getCounter, increment, Story } from '../../model/story.ts'
import { DEFAULT_BOUNDS } from '../bounds.ts'
import { failover } from './failover.ts'
import { judged } from './judged.ts'
import { noCallHangs } from './no-call-hangs.ts'
import { noCrash } from './no-crash.ts'
import type { RunRecord } from './promise.ts'
import { recovery } from './recovery.ts'
import { sticky } from './sticky.ts'

function record(story: Story, more: Partial<RunRecord> = {}): RunRecord {
  const { events: history } = story
  return {
    history,
    ttlMs: 3_000,
    deadlineMs: 2_500,
    keys: 'on',
    bounds: DEFAULT_BOUNDS,
    crashes: [],
    finals: new Set(),
    hang: undefined,
    ...more,
  }
}

function fault(story: Story, kind: string, target: string): void {
  const at = story.events.at(-1)?.at ?? 0
  for (const phase of ['asked', 'inForce'] as const)
    story.events.push({ type: 'fault', at, fault: kind, target, phase, inFlight: 0 })
}

function downs(story: Story, ...counts: number[]): void {
  const at = story.events.at(-1)?.at ?? 0
  const told = counts.map((count, index) => [`i${index + 1}`, count] as const)
  story.events.push({ type: 'balancer', at, downs: Object.fromEntries(told) })
}

/** The instance that gave the latest answer. */
function servedBy(story: Story, instance: string): void {
  const last = story.events.at(-1)
  if (last?.type !== 'completion' || last.outcome !== 'ok') throw new Error('the story has no answer yet')
  story.events.splice(-1, 1, { ...last, instance })
}

function withStatus(story: Story, status: number): void {
  const at = story.events.findLastIndex((event) => event.type === 'attemptEnded')
  const event = story.events[at]
  if (event?.type !== 'attemptEnded') throw new Error('the story has no try yet')
  const told: HistoryEvent = { ...event, status }
  story.events.splice(at, 1, told)
}

describe('what the model judges', () => {
  it('is kept where the answers can be explained', () => {
    const s = new Story()
    s.ok('a', 'S0', increment, counter(1))
    expect(judged(record(s))).toEqual({ kind: 'kept' })
  })

  it('is broken where one cannot, and says what was possible', () => {
    const s = new Story()
    s.ok('a', 'S0', increment, counter(2))
    expect(judged(record(s))).toMatchObject({
      kind: 'broken',
      promise: 'exactly once',
      op: 'op1',
      detail: 'answered counter 2; the model allows counter 1',
    })
  })
})

describe('no call hangs', () => {
  it.each([
    [2_500, 'kept'],
    [2_900, 'broken'],
  ])('a call of %i ms with a deadline of 2,500 ms is %s', (ms, kind) => {
    const s = new Story()
    const call = s.begin('a', 'S0', increment)
    s.wait(ms)
    call.unknown()
    expect(noCallHangs(record(s)).kind).toBe(kind)
  })
})

describe('recovery', () => {
  it.each([
    ['op2', 'kept'],
    ['op1', 'broken'],
  ])('with the failed call counted as the last one where it is %s: %s', (final, kind) => {
    const s = new Story()
    s.begin('a', 'S0', increment).fail()
    s.ok('a', 'S0', increment, counter(1))
    expect(recovery(record(s, { finals: new Set([final]) })).kind).toBe(kind)
  })
})

describe('failover', () => {
  it.each<[string, string[][], 'on' | 'off', string]>([
    ['after one kill', [['kill', 'i1']], 'on', 'broken'],
    ['without any fault', [], 'on', 'broken'],
    [
      'after all were killed',
      [
        ['kill', 'i1'],
        ['kill', 'i2'],
      ],
      'on',
      'kept',
    ],
    ['after Redis was cut', [['cut', 'redis:1']], 'on', 'kept'],
    ['without keys', [['kill', 'i1']], 'off', 'kept'],
  ])('a call that fails %s', (_, faults, keys, kind) => {
    const s = new Story()
    s.ok('a', 'S0', increment, counter(1))
    downs(s, 0, 0)
    for (const [name = '', target = ''] of faults) fault(s, name, target)
    s.begin('a', 'S0', increment).fail()
    expect(failover(record(s, { keys })).kind).toBe(kind)
  })
})

describe('no crash', () => {
  it.each([
    [[], 'kept'],
    [[{ backend: 'i1', at: 1, how: 'exit code 1', log: 'oh' }], 'broken'],
  ])('with crashes %j: %s', (crashes, kind) => {
    expect(noCrash(record(new Story(), { crashes })).kind).toBe(kind)
  })
})

describe('sticky', () => {
  function astray(before: (story: Story) => void, after: (story: Story) => void = () => {}): string {
    const s = new Story()
    downs(s, 0, 0)
    s.ok('a', 'S0', increment, counter(1))
    servedBy(s, 'i1')
    before(s)
    const call = s.begin('a', 'S0', getCounter)
    call.refusedThenOn('S1')
    withStatus(s, 404)
    call.ok(counter(1))
    after(s)
    return sticky(record(s)).kind
  }

  it('is broken by a 404 of a session whose instance was UP throughout', () => {
    expect(astray(() => {})).toBe('broken')
  })

  it('is broken too where only the way to another was hurt, or replies were held', () => {
    expect(astray((s) => fault(s, 'reset', 'backend:2'))).toBe('broken')
    expect(astray((s) => fault(s, 'holdReplies', 'backend:1'))).toBe('broken')
  })

  it.each<[string, (story: Story) => void, ((story: Story) => void)?]>([
    ['its instance was killed', (s) => fault(s, 'kill', 'i1')],
    ['the way to its instance was hurt', (s) => fault(s, 'reset', 'backend:1, backend:2')],
    ['it was ended past its client', (s) => fault(s, 'end', 'S0')],
    ['the balancer was restarted, and with it forgot the session', (s) => fault(s, 'balancer', 'restart')],
    ['it was idle for the TTL', (s) => s.wait(3_100)],
    ['the balancer counted its instance down', () => {}, (s) => downs(s, 1, 0)],
  ])('is kept where %s', (_, before, after) => {
    expect(astray(before, after)).toBe('kept')
  })
})
