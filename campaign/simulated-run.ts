// One trace in a simulated world of its own. All chance in it comes from the trace itself, so that the same trace gives the
// same run, found by a campaign, shrunk, or read from a file.
import { startStack, type Watch } from '../fault/index.ts'
import { hashed } from '../fault/sim/chance.ts'
import { type Run, runTrace } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'
import { awaitFirstChecks } from './first-checks.ts'
import type { Target } from './settings.ts'

export interface SimulatedRunOptions {
  /** Gets the event log of the world, a line an event. */
  readonly log?: (line: string) => void
  readonly watch?: Watch
}

/** @throws StackError where the target cannot be simulated. */
export async function runSimulated(trace: Trace, target: Target, options: SimulatedRunOptions = {}): Promise<Run> {
  const { openClient, timers, bounds, keys } = target
  const { backend: _, ...common } = target.stack
  const stack = await startStack({
    ...common,
    ...options,
    tier: 'sim',
    backends: trace.topology.backends,
    seed: hashed(JSON.stringify(trace)),
  })
  try {
    await awaitFirstChecks(stack, target)
    return await runTrace(trace, { stack, openClient, timers, bounds, keys, random: () => Math.random() })
  } finally {
    await stack.close()
  }
}
