// For tests: whether a process is still there, whoever started it.
import { readFileSync } from 'node:fs'

/** A zombie has ended; it only waits for somebody to take notice. */
export function isRunning(id: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
  } catch {
    return false
  }
}
