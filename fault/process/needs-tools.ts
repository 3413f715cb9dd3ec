// For tests that run the real programs: without them they are skipped by name, except in CI, where their absence fails.
import { describe, it } from 'vitest'
import { missingTools, toolPaths } from './tools.ts'

/** `describe` for tests that need redis-server, haproxy and toxiproxy-server. */
export function describeWithTools(name: string, tests: () => void): void {
  const missing = missingTools()
  const { CI } = process.env
  if (missing.length === 0) return void describe(name, tests)
  if (CI) return void describe(name, () => it('has its programs', () => void toolPaths()))
  const reasons = missing.map((tool) => `needs ${tool.name}: ${tool.install}`)
  describe.skip(`${name} (${reasons.join('; ')})`, tests)
}
