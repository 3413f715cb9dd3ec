// Reads a trace that somebody saved, for a stack that it fits. Whatever is wrong with it is said before anything runs.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeCommand } from '../properties/commands/describe.ts'
import { firstInapplicable } from '../properties/machine.ts'
import { parseTrace, type Trace, TraceError } from '../properties/trace.ts'
import { UsageError } from './usage-error.ts'

/** @throws UsageError where the file cannot be read, is no trace, or asks for what does not apply. */
export async function readTrace(file: string): Promise<Trace> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  })
  const trace = parsed(text, file)
  const at = firstInapplicable(trace)
  const command = at === undefined ? undefined : trace.commands[at]
  if (at === undefined || !command) return trace
  throw new UsageError(`${file}: command ${at + 1} does not apply there: ${describeCommand(command)}`)
}

function parsed(text: string, file: string): Trace {
  try {
    return parseTrace(text, file)
  } catch (error) {
    throw error instanceof TraceError ? new UsageError(error.message) : error
  }
}

/** A trace and the file that it came from. */
export interface SavedTrace {
  readonly file: string
  readonly trace: Trace
}

/** The traces of a folder, by name. @throws UsageError as for one of them, or where one does not fit the stack. */
export async function readRegressions(folder: string, stack: StackShape): Promise<SavedTrace[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new UsageError(`regressions ${folder}: ${error instanceof Error ? error.message : error}`)
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name)
      const trace = await readTrace(file)
      assertFits(trace, file, stack)
      return { file, trace }
    }),
  )
}

export interface StackShape {
  readonly ttlMs: number
  readonly backends: number
}

/** Judged by another TTL than it ran on, a right answer would be a wrong one. */
export function assertFits({ settings, topology }: Trace, file: string, { ttlMs, backends }: StackShape): void {
  if (settings.ttlMs !== ttlMs) {
    throw new UsageError(
      `${file} has a TTL of ${settings.ttlMs} ms, the stack one of ${ttlMs}: run it with --ttl ${settings.ttlMs / 1_000}`,
    )
  }
  if (topology.backends > backends) {
    throw new UsageError(`${file} needs ${topology.backends} instances, the stack has ${backends}`)
  }
}
