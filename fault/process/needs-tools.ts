// For tests that run real programs: without them they are skipped by name, except in CI, where their absence fails.
import { describe, expect, it } from 'vitest'
import { missingTools } from './tools.ts'

/** `describe` for tests that need what `missing` names, each with how it is had. */
export function describeNeeding(missing: readonly string[], name: string, tests: () => void): void {
  const needs = missing.map((each) => `needs ${each}`).join('; ')
  if (missing.length === 0) describe(name, tests)
  else if (process.env['CI']) describe(name, () => it('has its programs', () => expect.fail(needs)))
  else describe.skip(`${name} (${needs})`, tests)
}

/** `describe` for tests that need redis-server, haproxy and toxiproxy-server. */
export function describeWithTools(name: string, tests: () => void): void {
  const missing = missingTools().map((tool) => `${tool.name}: ${tool.install}`)
  describeNeeding(missing, name, tests)
}
