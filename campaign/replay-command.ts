// `mcp-failproof replay TRACE.json`: a recorded trace once more, command by command. No generation, no seed.
import { readFile } from 'node:fs/promises'
import { describeCommand } from '../properties/commands/describe.ts'
import { firstInapplicable } from '../properties/machine.ts'
import type { Run } from '../properties/run-trace.ts'
import { parseTrace, type Trace, TraceError } from '../properties/trace.ts'
import { printedLine } from './counterexample.ts'
import { openEventLog } from './event-log.ts'
import { Lane } from './lane.ts'
import { narrate } from './narrate.ts'
import { type SharedFlags, targetOf } from './settings.ts'
import { EXIT, UsageError } from './usage-error.ts'

export interface ReplayFlags extends SharedFlags {
  readonly times: number
}

/** @returns the exit code: whether the trace holds. @throws UsageError, StackError */
export async function replayCommandAction(file: string, flags: ReplayFlags, signal: AbortSignal): Promise<number> {
  const trace = await readTrace(file)
  const target = await targetOf({ ...flags, ttl: flags.ttl ?? trace.settings.ttlMs / 1_000 })
  const log = openEventLog(flags)
  const stack = { ...target.stack, backends: trace.topology.backends }
  const lane = await Lane.open({ ...target, stack }, signal, log)
  let broken = 0
  try {
    for (let time = 1; time <= flags.times && !signal.aborted; time++) {
      const run = await lane.run(trace)
      if (run.finding) broken++
      tell(run, flags.times > 1 ? `Replay ${time} of ${flags.times}. ` : '')
    }
  } finally {
    await lane.close()
    log.close()
  }
  if (flags.times > 1) console.log(`${broken} of ${flags.times} replays broke a promise.`)
  if (broken > 0) return EXIT.found
  return signal.aborted ? EXIT.interrupted : EXIT.ok
}

/** @throws UsageError where the file cannot be read, is no trace, or asks for what does not apply. */
async function readTrace(file: string): Promise<Trace> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  })
  try {
    const trace = parseTrace(text, file)
    const at = firstInapplicable(trace)
    const command = at === undefined ? undefined : trace.commands[at]
    if (at === undefined || !command) return trace
    throw new UsageError(`${file}: command ${at + 1} does not apply there: ${describeCommand(command)}`)
  } catch (error) {
    throw error instanceof TraceError ? new UsageError(error.message) : error
  }
}

function tell(run: Run, which: string): void {
  for (const line of narrate(run)) console.log(printedLine(line))
  console.log(run.finding ? `${which}Broken. ${run.finding.property}` : `${which}It holds.`)
  if (run.decided === 'undecided') console.log('Too tangled to judge within the budget: no pass.')
}
