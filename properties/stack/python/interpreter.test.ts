// A machine without MCP's client for Python is told how to get it; one that has it twice runs the one that was named.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findPython } from './interpreter.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-python-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A program that answers as Python does where that version of fastmcp is installed. */
function python(at: string, version: string): string {
  mkdirSync(join(folder, at, '..'), { recursive: true })
  writeFileSync(join(folder, at), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 })
  return join(folder, at)
}

const MADE = 'mcp-failproof/python/bin/python'
const environment = () => ({ XDG_CACHE_HOME: folder, PATH: folder })

it('where there is none, the command that makes one is told', () => {
  const made = join(folder, 'mcp-failproof/python')
  expect(findPython(environment())).toEqual({
    kind: 'missing',
    needs:
      `fastmcp 4 for Python: python3 -m venv ${made} && ` +
      `${made}/bin/pip install -r properties/stack/python/requirements.txt`,
  })
})

it("the machine's own is taken where it has the client", () => {
  python('python3', '4.9.0')
  expect(findPython(environment())).toEqual({ kind: 'found', path: 'python3' })
})

it('another generation of the client is none', () => {
  python('python3', '3.4.1')
  expect(findPython(environment())).toMatchObject({ kind: 'missing' })
})

it("the one that was made goes before the machine's", () => {
  python('python3', '4.9.0')
  expect(findPython({ ...environment(), PYTHON: '' })).toEqual({ kind: 'found', path: 'python3' })
  const path = python(MADE, '4.1.0')
  expect(findPython(environment())).toEqual({ kind: 'found', path })
})

it('PYTHON goes before all, and is named where it has no client', () => {
  python(MADE, '4.1.0')
  const named = python('named', '4.2.0')
  expect(findPython({ ...environment(), PYTHON: named })).toEqual({ kind: 'found', path: named })
  expect(findPython({ ...environment(), PYTHON: '/no/python' })).toEqual({
    kind: 'missing',
    needs: expect.stringMatching(/^fastmcp 4 for Python: PYTHON is \/no\/python, which has none: set it to one/),
  })
})
