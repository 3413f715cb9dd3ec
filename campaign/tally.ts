// What a campaign really did, counted over its runs: figures are of what was done, never of what was asked for.
import { isCall } from '../properties/machine.ts'
import type { Run } from '../properties/run-trace.ts'
import { type Command, kindOf } from '../properties/trace.ts'

/** Kinds that hurt; what heals is a command, but no fault. */
export const HURTING = ['kill', 'stop', 'pause', 'end', 'cut', 'reset', 'delay', 'dropReplies'] as const

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
    for (const command of run.trace.commands) this.#countCommand(command)
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

  #countCommand(command: Command): void {
    this.commands++
    count(this.commandsByKind, kindOf(command))
    if (!('during' in command)) return
    for (const inner of [command.during.call, command.during.fault]) {
      count(this.commandsByKind, kindOf(inner))
      if (isCall(inner)) this.commands++
    }
  }
}

function count(counts: Record<string, number>, kind: string): void {
  counts[kind] = (counts[kind] ?? 0) + 1
}

/** What must happen now and then, or the campaign tried nothing. */
const SOMETIMES: readonly { readonly name: string; readonly happened: (run: Run) => boolean }[] = [
  {
    name: 'a session is resumed by its client',
    happened: ({ history }) => history.some(({ type }) => type === 'resumed'),
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
  },
  {
    name: 'a call ends unknown',
    happened: ({ history }) => history.some((event) => event.type === 'completion' && event.outcome === 'unknown'),
  },
  {
    name: 'state expires',
    happened: ({ trace }) => trace.commands.some((each) => 'wait' in each && each.wait.ms > trace.settings.ttlMs),
  },
  {
    name: 'a fault comes between the store and its reply',
    happened: ({ trace, done }) =>
      trace.commands.some(
        (each, at) => 'during' in each && each.during.at === 'executed' && done[at]?.note === undefined,
      ),
  },
]
