// For tests that run the Python server: without Python they are skipped by name, except in CI, where its absence fails.
import { spawnSync } from 'node:child_process'
import { describeNeeding } from '../../fault/process/needs-tools.ts'

const NEED = 'python3: apt-get install python3'
const CHECK = 'import sys; sys.exit(sys.version_info < (3, 9))'

/** What is missing for the server and how it is had, if anything is. */
export function missingPython3(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return spawnSync('python3', ['-c', CHECK], { env: environment }).status === 0 ? undefined : NEED
}

/** `describe` for tests that need Python 3.9 or newer as `python3`. */
export function describeWithPython3(name: string, tests: () => void): void {
  const missing = missingPython3()
  describeNeeding(missing === undefined ? [] : [missing], name, tests)
}
