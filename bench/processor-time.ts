// Processor time of running processes, from Linux's /proc: where the microseconds of a call go.
import { readFileSync } from 'node:fs'

/** The kernel tells times in hundredths of a second, on every Linux that Node runs on. */
const TICK_MS = 10

/** Milliseconds of processor time, in user and kernel mode, that the process has used so far. */
export function processorMs(id: number): number {
  const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
  // The name, the second field, may hold anything; the fields after its parenthesis are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
