// `mcp-failproof replay TRACE.json`: a recorded trace once more, command by command. No generation, no seed.
import type { Run } from '../properties/run-trace.ts'
import { printedLine } from './counterexample.ts'
import { openEventLog } from './event-log.ts'
import { narrate } from './narrate.ts'
import { openLanes } from './open-lanes.ts'
import { assertFits, readTrace } from './read-trace.ts'
import { type SharedFlags, targetOf } from './settings.ts'
import { EXIT } from './usage-error.ts'

export interface ReplayFlags extends SharedFlags {
  readonly times: number
}

/** @returns the exit code: whether the trace holds. @throws UsageError, StackError */
export async function replayCommandAction(file: string, flags: ReplayFlags, signal: AbortSignal): Promise<number> {
  const trace = await readTrace(file)
  const target = await targetOf({ ...flags, ttl: flags.ttl ?? trace.settings.ttlMs / 1_000 })
  assertFits(trace, file, { ttlMs: target.timers.ttlMs, backends: trace.topology.backends })
  const log = openEventLog(flags)
  const stack = { ...target.stack, backends: trace.topology.backends }
  const [lane] = await openLanes({ ...target, stack }, 1, signal, log)
  if (lane === undefined) return EXIT.stack
  let broken = 0
  try {
    for (let time = 1; time <= flags.times && !signal.aborted; time++) {
      const run = await lane.run(trace)
      if (run.finding || run.decided === 'undecided') broken++
      tell(run, flags.times > 1 ? `Replay ${time} of ${flags.times}. ` : '')
    }
  } finally {
    await lane.close()
    log.close()
  }
  if (flags.times > 1) console.log(`${broken} of ${flags.times} replays did not hold.`)
  if (broken > 0) return EXIT.found
  return signal.aborted ? EXIT.interrupted : EXIT.ok
}

function tell(run: Run, which: string): void {
  for (const line of narrate(run)) console.log(printedLine(line))
  if (run.finding) console.log(`${which}Broken. ${run.finding.property}`)
  else if (run.decided === 'undecided') console.log(`${which}Too tangled to judge within the budget: no pass.`)
  else console.log(`${which}It holds.`)
}
