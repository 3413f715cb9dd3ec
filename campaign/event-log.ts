// Everything that happened in every run, one line an event in fixed columns: milliseconds since the run began, what, who,
// the rest. For `--log FILE` and `--verbose`.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { HistoryEvent } from '../model/index.ts'
import type { Run } from '../properties/run-trace.ts'
import { UsageError } from './usage-error.ts'

export interface EventLog {
  add(run: Run): void
  close(): void
}

export const NO_LOG: EventLog = { add() {}, close() {} }

/** @throws UsageError where the file cannot be written. */
export function openEventLog({ log, verbose }: { readonly log?: string; readonly verbose?: true }): EventLog {
  if (log === undefined && !verbose) return NO_LOG
  const file = log === undefined ? undefined : openForWriting(log)
  return {
    add(run) {
      const text = `${eventLines(run).join('\n')}\n`
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

/** A run's events, after a line with its trace. */
export function eventLines({ trace, history, finding }: Run): string[] {
  const began = history[0]?.at ?? 0
  const end = finding ? [`broken: ${finding.promise} at ${finding.op}: ${finding.detail}`] : []
  return [`trace ${JSON.stringify(trace)}`, ...history.map((event) => eventLine(event, began)), ...end]
}

function eventLine(event: HistoryEvent, began: number): string {
  const { type, at, ...rest } = event
  const who = 'op' in event ? event.op : 'client' in event ? event.client : ''
  const details = Object.entries(rest)
    .filter(([name, value]) => name !== 'op' && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [(at - began).toFixed(1).padStart(9), type.padEnd(12), who.padEnd(9), ...details].join(' ')
}
