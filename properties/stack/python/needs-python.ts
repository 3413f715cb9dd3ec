// For tests by MCP's client for Python: without it they are skipped by name, except in CI, where its absence fails.
import { describe, expect, it } from 'vitest'
import { findPython } from './interpreter.ts'

/** `describe` for tests that need Python with fastmcp. */
export function describeWithPython(name: string, tests: () => void): void {
  const python = findPython()
  if (python.kind === 'found') return void describe(name, tests)
  if (process.env['CI'])
    return void describe(name, () => it('has its Python', () => expect.fail(`needs ${python.needs}`)))
  describe.skip(`${name} (needs ${python.needs})`, tests)
}
