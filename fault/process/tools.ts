// The programs that the process tier runs and does not bring along: where they are, and what to do where they are not.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StackError } from '../stack.ts'

export interface Tool {
  readonly name: 'redis-server' | 'haproxy' | 'toxiproxy-server'
  /** How it is had on Debian. */
  readonly install: string
  /** The environment variable that can hold its path. */
  readonly variable: 'REDIS_SERVER' | 'HAPROXY' | 'TOXIPROXY_SERVER'
}

export type ToolPaths = { readonly [name in Tool['name']]: string }

type Environment = { readonly PATH?: string | undefined; readonly [name: string]: string | undefined }

const TOOLS: readonly Tool[] = [
  { name: 'redis-server', install: 'apt-get install redis-server', variable: 'REDIS_SERVER' },
  { name: 'haproxy', install: 'apt-get install haproxy', variable: 'HAPROXY' },
  {
    name: 'toxiproxy-server',
    install:
      'go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0, and rename the binary `server` that it makes',
    variable: 'TOXIPROXY_SERVER',
  },
]

/** Debian puts haproxy where only root's PATH leads. */
const BEYOND_PATH = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function find(tool: Tool, environment: Environment, beyond: readonly string[]): string | undefined {
  const named = environment[tool.variable]
  if (named) return isExecutable(named) ? named : undefined
  const folders = [...(environment.PATH ?? '').split(delimiter).filter(Boolean), ...beyond]
  return folders.map((folder) => join(folder, tool.name)).find(isExecutable)
}

/** Every program that a stack with links runs. */
const EVERY_TOOL: readonly Tool['name'][] = TOOLS.map(({ name }) => name)

/** Those of the programs that this machine lacks. */
export function missingTools(
  needed = EVERY_TOOL,
  environment: Environment = process.env,
  beyond = BEYOND_PATH,
): Tool[] {
  return TOOLS.filter((tool) => needed.includes(tool.name) && find(tool, environment, beyond) === undefined)
}

function lacking({ name, install, variable }: Tool, environment: Environment): string {
  const named = environment[variable]
  if (named) return `${variable} is ${named}, which cannot be executed: set it to the path of ${name}`
  return `${name} was not found: install it (${install}) or set ${variable} to its path`
}

/** Where each program is. Throws a StackError that says what to do about those that are needed and nowhere. */
export function toolPaths(
  needed = EVERY_TOOL,
  environment: Environment = process.env,
  beyond = BEYOND_PATH,
): ToolPaths {
  const missing = missingTools(needed, environment, beyond)
  if (missing.length > 0) throw new StackError(missing.map((tool) => lacking(tool, environment)).join('\n'))
  const path = (name: Tool['name']) => {
    const tool = TOOLS.find((each) => each.name === name)
    return (tool && find(tool, environment, beyond)) ?? name
  }
  return {
    'redis-server': path('redis-server'),
    haproxy: path('haproxy'),
    'toxiproxy-server': path('toxiproxy-server'),
  }
}
