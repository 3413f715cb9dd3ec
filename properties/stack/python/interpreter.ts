// Where Python with MCP's client is: the one that PYTHON names, the one that .ci/install-tools made, or the machine's.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'

/** The interpreter to run, or what is needed and how it is had. */
export type Python =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly needs: string }

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const PRINT_VERSION = 'import importlib.metadata as m; print(m.version("fastmcp"))'

/** The Python that runs MCP's client. */
export function findPython(environment: NodeJS.ProcessEnv = process.env): Python {
  const named = environment['PYTHON']
  const made = join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mcp-failproof', 'python')
  const major = pinnedMajor()
  const candidates = named ? [named] : [join(made, 'bin', 'python'), 'python3']
  const path = candidates.find((each) => majorOf(each, environment) === major)
  if (path !== undefined) return { kind: 'found', path }
  const wrong = named ? `PYTHON is ${named}, which has none: set it to one that has, or unset it and run ` : ''
  const install = `python3 -m venv ${made} && ${made}/bin/pip install -r ${relative('.', REQUIREMENTS)}`
  return { kind: 'missing', needs: `fastmcp ${major} for Python: ${wrong}${install}` }
}

// What the client does after an error has changed with its first number, and tests say it to the letter.
function pinnedMajor(): string {
  const [, major] = /^fastmcp==(\d+)\./m.exec(readFileSync(REQUIREMENTS, 'utf8')) ?? []
  if (major === undefined) throw new Error(`${REQUIREMENTS} does not say which fastmcp`)
  return major
}

/** Undefined where that is no Python, or one without it. */
function majorOf(path: string, env: NodeJS.ProcessEnv): string | undefined {
  const { status, stdout } = spawnSync(path, ['-c', PRINT_VERSION], { encoding: 'utf8', env })
  return status === 0 ? stdout.trim().split('.')[0] : undefined
}
