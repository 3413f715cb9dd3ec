// Everything that happened in every run, one line an event in fixed columns: milliseconds since the run began (in the
// simulation: since its world did), who or which host, what, the rest. For `--log FILE` and `--verbose`.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { HistoryEvent } from '../model/index.ts'
import type { Run } from '../properties/run-trace.ts'
import { UsageError } from './usage-error.ts'

export interface EventLog {
  /** @param world what happened between the events of the history, where the stack tells it */
  add(run: Run, world?: readonly string[]): void
  close(): void
}

export const NO_LOG: EventLog = { add() {}, close() {} }

/** @throws UsageError where the file cannot be written. */
export function openEventLog({ log, verbose }: { readonly log?: string; readonly verbose?: true }): EventLog {
  if (log === undefined && !verbose) return NO_LOG
  const file = log === undefined ? undefined : openForWriting(log)
  return {
    add(run, world) {
      const text = `${eventLines(run, world).join('\n')}\n`
      if (file !== undefined) writeSync(file, text)
      if (verbose) process.stdout.write(text)
    },
    close() {
      if (file !== undefined) closeSync(file)
    },
  }
}

function openForWriting(log: string): number {
  try {
    return openSync(log, 'w')
  } catch (error) {
    throw new UsageError(`--log ${log} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}

/** A run's events, after a line with its trace; those of the world among them, by their times. */
export function eventLines({ trace, history, finding }: Run, world: readonly string[] = []): string[] {
  const began = world.length > 0 ? 0 : (history[0]?.at ?? 0)
  const events = history.map((event) => eventLine(event, began))
  const merged = world.length > 0 ? [...world, ...events].toSorted((one, other) => timeOf(one) - timeOf(other)) : events
  const end = finding ? [`broken: ${finding.promise} at ${finding.op}: ${finding.detail}`] : []
  return [`trace ${JSON.stringify(trace)}`, ...merged, ...end]
}

const TIME_COLUMNS = 12
const timeOf = (line: string) => Number(line.slice(0, TIME_COLUMNS))

function eventLine(event: HistoryEvent, began: number): string {
  const { type, at, ...rest } = event
  const who = 'client' in event ? event.client : 'op' in event ? event.op : 'harness'
  const details = Object.entries(rest)
    .filter(([name, value]) => name !== 'client' && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [(at - began).toFixed(3).padStart(TIME_COLUMNS), who.padEnd(12), type.padEnd(12), ...details].join(' ')
}
