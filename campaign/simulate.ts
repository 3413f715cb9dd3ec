// What a thread of the simulation does: one trace at a time, each in a world of its own. The main thread keeps its own time.
import { StackError } from '../fault/index.ts'
import type { Run } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'
import { Heartbeat } from './heartbeat.ts'
import { type SharedFlags, type Target, targetOf } from './settings.ts'
import { runSimulated } from './simulated-run.ts'

export interface SimulationTask {
  readonly flags: SharedFlags
  readonly trace: Trace
  readonly log: 'wanted' | 'not wanted'
  readonly heartbeat: SharedArrayBuffer
}

/** What comes back; an error would lose its class on the way. */
export type SimulationResult =
  | {
      readonly kind: 'ran'
      readonly run: Run
      /** The world's event log, where it was wanted. */
      readonly log: readonly string[]
    }
  | { readonly kind: 'no stack'; readonly message: string }

const targets = new Map<string, Promise<Target>>()

export async function simulate({ flags, trace, log, heartbeat }: SimulationTask): Promise<SimulationResult> {
  const name = JSON.stringify(flags)
  const target = targets.get(name) ?? targetOf(flags)
  targets.set(name, target)
  const lines: string[] = []
  const watch = new Heartbeat(heartbeat)
  const wanted = log === 'wanted' ? { log: (line: string) => void lines.push(line) } : {}
  try {
    return { kind: 'ran', run: await runSimulated(trace, await target, { ...wanted, watch }), log: lines }
  } catch (error) {
    if (error instanceof StackError) return { kind: 'no stack', message: error.message }
    throw error
  }
}
