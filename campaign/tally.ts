// What a campaign really did, counted over its runs: figures are of what was done, never of what was asked for.
import type { Profile } from '../properties/profile.ts'
import type { Run } from '../properties/run-trace.ts'
import { kindOf } from '../properties/trace.ts'

/** Kinds that hurt; what heals is a command, but no fault. */
const HURTING = ['kill', 'stop', 'pause', 'end', 'cut', 'reset', 'delay', 'dropReplies', 'balancer'] as const

export class Tally {
  traces = 0
  commands = 0
  undecided = 0
  readonly outcomes = { ok: 0, fail: 0, unknown: 0 }
  readonly commandsByKind: Record<string, number> = {}
  readonly faults: Record<string, number> = {}
  /** The same faults, where a call was running when they came into force. */
  readonly faultsInFlight: Record<string, number> = {}
  readonly sometimes: Record<string, number> = Object.fromEntries(SOMETIMES.map(({ name }) => [name, 0]))

  add(run: Run): void {
    this.traces++
    if (run.decided === 'undecided') this.undecided++
    for (const command of run.trace.commands) {
      this.commands++
      count(this.commandsByKind, kindOf(command))
    }
    for (const event of run.history) {
      if (event.type === 'completion') this.outcomes[event.outcome]++
      if (event.type !== 'fault' || event.target === '') continue
      if (!HURTING.some((kind) => kind === event.fault)) continue
      if (event.phase === 'inForce') count(this.faults, event.fault)
      // A call that the fault itself ends is over by the time that it is in force.
      if (event.phase === 'asked' && event.inFlight > 0) count(this.faultsInFlight, event.fault)
    }
    for (const { name, happened } of SOMETIMES) if (happened(run)) count(this.sometimes, name)
  }
}

function count(counts: Record<string, number>, kind: string): void {
  counts[kind] = (counts[kind] ?? 0) + 1
}

interface Sometimes {
  readonly name: string
  readonly happened: (run: Run) => boolean
  /** Whether a campaign under this profile must reach it. */
  readonly isDue: (profile: Profile) => boolean
}

const always = () => true

/** What must happen now and then, or the campaign tried nothing. */
export const SOMETIMES: readonly Sometimes[] = [
  {
    name: 'a session is resumed by its client',
    happened: ({ history }) => history.some(({ type }) => type === 'resumed'),
    isDue: always,
  },
  {
    name: 'a call is acknowledged after a try of unknown outcome',
    happened: ({ history }) =>
      history.some(
        (event) =>
          event.type === 'completion' &&
          event.outcome === 'ok' &&
          history.some((each) => each.type === 'attemptEnded' && each.op === event.op && each.outcome === 'unknown'),
      ),
    isDue: always,
  },
  {
    name: 'a call ends unknown',
    happened: ({ history }) => history.some((event) => event.type === 'completion' && event.outcome === 'unknown'),
    isDue: ({ faults }) => faults['cut'] !== undefined,
  },
  {
    name: 'state expires',
    happened: ({ trace: { commands, settings } }) => {
      const written = commands.findIndex((each) => 'increment' in each || 'addNote' in each)
      return (
        written >= 0 && commands.some((each, at) => at > written && 'wait' in each && each.wait.ms > settings.ttlMs)
      )
    },
    isDue: ({ ttlWaits }) => ttlWaits > 0,
  },
  {
    name: 'a fault comes between the store and its reply',
    happened: ({ trace, done }) =>
      trace.commands.some(
        (each, at) => 'during' in each && each.during.at === 'executed' && done[at]?.note === undefined,
      ),
    isDue: ({ during }) => during > 0,
  },
]
