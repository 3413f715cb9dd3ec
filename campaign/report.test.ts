// What is told of a run: its story, its diagram, its event log, and what counts in a campaign's figures.
import { describe, expect, it } from 'vitest'
import { counter, increment, Story } from '../model/story.ts'
import { DEFAULT_BOUNDS } from '../properties/bounds.ts'
import { type Profile, profileNamed } from '../properties/profile.ts'
import type { Run } from '../properties/run-trace.ts'
import type { Command } from '../properties/trace.ts'
import { diagram } from './diagram.ts'
import { eventLines } from './event-log.ts'
import { narrate } from './narrate.ts'
import { missedCoverage } from './summary.ts'
import { Tally } from './tally.ts'

const COMMANDS: Command[] = [
  { open: { client: 0 } },
  { increment: { client: 0 } },
  { during: { call: { increment: { client: 0 } }, at: 'executed', fault: { kill: { backend: { serving: 0 } } } } },
]

/** An increment, then one that a kill makes lose its first try, and that is then answered one too high. */
function brokenRun(): Run {
  const story = new Story()
  story.ok('client 0', 'a-uuid', increment, counter(1))
  const call = story.begin('client 0', 'a-uuid', increment)
  for (const phase of ['asked', 'inForce'] as const) {
    story.events.push({ type: 'fault', at: 60, fault: 'kill', target: 'mcp-server-1', phase, inFlight: 1 })
  }
  story.resumed('client 0', 'a-uuid', 'b-uuid', 1)
  call.lostThenOn('b-uuid')
  call.ok(counter(3))
  const trace = {
    format: 1,
    topology: { backends: 3, clients: 1 },
    settings: { ttlMs: 3_000 },
    commands: COMMANDS,
  } as const
  return {
    trace: { ...trace, commands: COMMANDS },
    history: story.events,
    ttlMs: 3_000,
    deadlineMs: 2_500,
    keys: 'on',
    bounds: DEFAULT_BOUNDS,
    crashes: [],
    finals: new Set(),
    hang: undefined,
    done: [{}, { op: 'op1' }, { op: 'op2', hit: 'mcp-server-1' }],
    finding: { promise: 'exactly once', property: 'Exactly once.', op: 'op2', detail: 'answered counter 3' },
    decided: 'decided',
  }
}

it('a story has a line a command, what became of it, and the impossible answer marked', () => {
  expect(narrate(brokenRun()).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    'command: 1. client 0 connects',
    'command: 2. client 0: increment',
    'answer: counter 1',
    'command: 3. client 0: increment; between the store and its reply: kill the backend serving client 0 (mcp-server-1)',
    'detail: resumed S0 into S1, 1 value copied',
    'detail: try 1 on S0: unknown, unknown',
    'answer: counter 3',
    'impossible: answered counter 3',
  ])
})

it('a finding that is no single answer is marked at the end of the story', () => {
  const finding = { promise: 'no crash', property: 'No crash.', op: '', detail: 'mcp-server-1 ended by itself' }
  expect(narrate({ ...brokenRun(), finding }).at(-1)).toEqual({ kind: 'impossible', text: finding.detail })
})

it('a diagram has the calls, the resume, the fault and the finding', () => {
  const text = diagram(brokenRun())
  expect(text).toMatch(/^sequenceDiagram\n {2}client0->>S0: increment\n/)
  expect(text).toContain('  Note over client0: kill mcp-server-1')
  expect(text).toContain('  client0->>S1: resume from S0')
  expect(text).toContain('  Note over client0: answered counter 3')
  expect(text).not.toContain('uuid')
})

it('an event log begins with the trace, counts time from the first event, and ends with the finding', () => {
  const lines = eventLines(brokenRun())
  expect(lines[0]).toMatch(/^trace \{"format":1/)
  expect(lines[1]).toBe('       0.000 client 0     invocation   op=op1 call={"kind":"increment"}')
  expect(lines.at(-1)).toBe('broken: exactly once at op2: answered counter 3')
  expect(lines).toHaveLength(brokenRun().history.length + 2)
})

function profile(name: string): Profile {
  const found = profileNamed(name)
  if (!found) throw new Error(`no profile ${name}`)
  return found
}

describe('the figures', () => {
  const mixed = profile('mixed')
  const instances = profile('instances')
  const tally = new Tally()
  tally.add(brokenRun())

  it('count commands, outcomes, and the faults that were in force', () => {
    expect(tally).toMatchObject({
      traces: 1,
      commands: 3,
      outcomes: { ok: 2, fail: 0, unknown: 0 },
      commandsByKind: { open: 1, increment: 1, during: 1 },
      faults: { kill: 1 },
      faultsInFlight: { kill: 1 },
    })
  })

  it('say what never happened', () => {
    const missed = missedCoverage(tally, mixed)
    expect(missed).toContain('cut')
    expect(missed).toContain('in the middle of a call: cut')
    expect(missed).toContain('state expires')
    expect(missed).not.toContain('kill')
    expect(missed).not.toContain('a session is resumed by its client')
  })

  it('miss nothing that the profile does not try', () => {
    const missed = missedCoverage(tally, instances)
    expect(missed).not.toContain('cut')
    expect(missed).not.toContain('state expires')
    expect(missed).toContain('pause')
  })

  it('count a trace without a verdict as missed', () => {
    const other = new Tally()
    other.add({ ...brokenRun(), decided: 'undecided' })
    expect(missedCoverage(other, mixed)).toContain('a verdict on 1 traces')
  })

  it('count a restart of the balancer as a fault', () => {
    const run = brokenRun()
    const restart = {
      type: 'fault',
      at: 60,
      fault: 'balancer',
      target: 'restart',
      phase: 'inForce',
      inFlight: 0,
    } as const
    const other = new Tally()
    other.add({ ...run, history: [...run.history, restart] })
    expect(other.faults).toEqual({ kill: 1, balancer: 1 })
  })

  it('do not count a fault that hit nothing', () => {
    const run = brokenRun()
    const none = run.history.map((event) => (event.type === 'fault' ? { ...event, target: '' } : event))
    const other = new Tally()
    other.add({ ...run, history: none })
    expect(other.faults).toEqual({})
  })
})
