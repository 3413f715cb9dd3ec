// The simulation follows HAProxy 2.6, and later ones differ from it in places: what is held against the real program is
// held against that one alone.
import { execFileSync } from 'node:child_process'
import { describe } from 'vitest'
import { describeWithTools } from '../../../process/needs-tools.ts'
import { missingTools, toolPaths } from '../../../process/tools.ts'

/** `describe` for tests of the real HAProxy, left out by name where it is another than 2.6. */
export function describeOnHaproxy26(title: string, tests: () => void): void {
  const version = missingTools(['haproxy']).length > 0 ? undefined : versionOf(toolPaths(['haproxy']).haproxy)
  if (version === undefined || version.startsWith('2.6.')) describeWithTools(title, tests)
  else describe.skip(`${title} (held against HAProxy 2.6; this is ${version})`, tests)
}

function versionOf(haproxy: string): string {
  const said = execFileSync(haproxy, ['-v'], { encoding: 'utf8' })
  return /version (\S+)/.exec(said)?.[1] ?? 'unknown'
}
