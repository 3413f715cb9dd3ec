// What counts as the same answer, on runs told by hand.
import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../model/index.ts'
import { counter, increment, notes, peekAt, Story } from '../../model/story.ts'
import { DEFAULT_BOUNDS } from '../../properties/bounds.ts'
import type { Done } from '../../properties/real.ts'
import type { Run } from '../../properties/run-trace.ts'
import type { Command } from '../../properties/trace.ts'
import { answersOf } from './answers.ts'
import { difference } from './difference.ts'

const COMMANDS: Command[] = [
  { open: { client: 0 } },
  { increment: { client: 0 } },
  { kill: { backend: { serving: 0 } } },
  { peek: { client: 0, of: { client: 0, age: 1 } } },
]
const DONE: Done[] = [{}, { op: 'op1' }, { hit: 'mcp-server-1' }, { op: 'op2' }]

function run(tell: (story: Story) => void, more: Partial<Run> = {}): Run {
  const story = new Story()
  tell(story)
  return {
    trace: { format: 1, topology: { backends: 3, clients: 1 }, settings: { ttlMs: 3_000 }, commands: COMMANDS },
    history: story.events,
    ttlMs: 3_000,
    deadlineMs: 2_500,
    keys: 'on',
    bounds: DEFAULT_BOUNDS,
    crashes: [],
    finals: new Set(),
    hang: undefined,
    done: DONE,
    finding: undefined,
    decided: 'decided',
    ...more,
  }
}

function usual(story: Story): void {
  story.ok('client 0', 'a-uuid', increment, counter(1))
  story.resumed('client 0', 'a-uuid', 'b-uuid', 1)
  story.ok('client 0', 'b-uuid', peekAt('a-uuid'), counter(1))
}

/** The same with something in its events replaced. */
function changed(tell: (story: Story) => void, change: (event: HistoryEvent) => HistoryEvent): Run {
  const as = run(tell)
  return { ...as, history: as.history.map(change) }
}

const agree = (process: Run, sim: Run) => difference({ process, sim })

it('a run tells an answer a command, and what was found', () => {
  expect(answersOf(run(usual)).map(({ told }) => told)).toEqual([
    'done',
    'client 0: increment: ok, counter 1',
    'hit something',
    'client 0: read the summary of "S0": ok, counter 1',
    'nothing',
  ])
})

describe('it is no difference', () => {
  const same = run(usual)

  it('how sessions are called', () => {
    const other = run((s) => {
      s.ok('client 0', 'other', increment, counter(1))
      s.resumed('client 0', 'other', 'another', 1)
      s.ok('client 0', 'another', peekAt('other'), counter(1))
    })
    expect(agree(same, other)).toBeUndefined()
  })

  it('who answered, and when', () => {
    const later = changed(usual, (event) =>
      event.type === 'completion' && event.outcome === 'ok'
        ? { ...event, at: event.at + 500, instance: 'mcp-server-2' }
        : event,
    )
    expect(agree(same, later)).toBeUndefined()
  })

  it('how often a client tried', () => {
    const twice = run((s) => {
      const call = s.begin('client 0', 'a-uuid', increment)
      call.lostThenOn('a-uuid')
      call.ok(counter(1))
      s.resumed('client 0', 'a-uuid', 'b-uuid', 1)
      s.ok('client 0', 'b-uuid', peekAt('a-uuid'), counter(1))
    })
    expect(agree(same, twice)).toBeUndefined()
  })

  it('why a call failed, or a client did not connect', () => {
    const failed = (reason: string) => ({
      ...changed(
        (s) => s.begin('client 0', 'a-uuid', increment).fail(),
        (event) => (event.type === 'completion' && event.outcome !== 'ok' ? { ...event, reason } : event),
      ),
      done: [{ note: `not connected: ${reason}` }, ...DONE.slice(1, 3)],
    })
    expect(agree(failed('status 503'), failed('refused'))).toBeUndefined()
  })

  it('which instance a fault hit', () => {
    const other = run(usual, { done: DONE.with(2, { hit: 'mcp-server-3' }) })
    expect(agree(same, other)).toBeUndefined()
  })
})

describe('it is a difference', () => {
  const same = run(usual)

  it.each<[string, Run]>([
    ['what was answered', changed(usual, (event) => ('answer' in event ? { ...event, answer: counter(2) } : event))],
    ['how a call ended', run((s) => s.unknown('client 0', 'a-uuid', increment))],
    ['in what form it was answered', run((s) => s.ok('client 0', 'a-uuid', increment, notes()))],
    ['that a fault hit nothing', run(usual, { done: DONE.with(2, { hit: '' }) })],
    ['that a client did not connect', run(usual, { done: DONE.with(0, { note: 'not connected: refused' }) })],
    [
      'that a fault came before the write',
      run(usual, { done: DONE.with(1, { op: 'op1', note: 'no write was seen' }) }),
    ],
    ['that a command was left out', run(usual, { done: DONE.slice(0, 3) })],
    ['a final check more', run(usual, { finals: new Set(['op1']) })],
    ['a finding', run(usual, { finding: { promise: 'ttl', property: 'TTL.', op: 'op1', detail: '' } })],
    ['a hang', run(usual, { hang: 'nothing moved' })],
    [
      'whose session was read',
      run((s) => {
        s.ok('client 0', 'a-uuid', increment, counter(1))
        s.ok('client 0', 'a-uuid', { kind: 'summary', of: 'own' }, counter(1))
      }),
    ],
  ])('%s', (_, other) => {
    expect(agree(same, other)).toBeDefined()
    expect(agree(other, same)).toBeDefined()
  })
})

it('a difference shows the trace, both answers, and how each came about', () => {
  const lost = run((s) => s.unknown('client 0', 'a-uuid', increment))
  expect(agree(run(usual), lost)?.split('\n').slice(0, -1)).toEqual([
    '  1. client 0 connects',
    '> 2. client 0: increment',
    '  3. kill the backend serving client 0',
    "  4. client 0: peek at client 0's session, 1 before its current one",
    '',
    'client 0: increment:',
    '  process  client 0: increment: ok, counter 1',
    '  sim      client 0: increment: unknown',
    '',
    'on process:',
    '  1. client 0 connects',
    '  2. client 0: increment',
    '       counter 1',
    'on sim:',
    '  1. client 0 connects',
    '  2. client 0: increment',
    '       try 1 on S0: unknown, unknown',
    '       unknown: unknown',
    '',
  ])
})
