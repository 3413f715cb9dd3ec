// A `server` or `default-server` line: which instance it is, and how its health is watched.
import type { Line } from './line.ts'

type OnError = 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down'

export interface ServerSettings {
  readonly check: 'on' | 'off'
  readonly interMs: number
  readonly fastinterMs: number | undefined
  readonly downinterMs: number | undefined
  readonly fall: number
  readonly rise: number
  /** What else than checks tells of its health. */
  readonly observe: 'layer4' | 'layer7' | undefined
  readonly errorLimit: number
  readonly onError: OnError
  readonly onMarkedDown: 'shutdown-sessions' | undefined
  /** The `resolvers` section that follows its name. */
  readonly resolvers: string | undefined
}

export interface ServerLine extends ServerSettings {
  readonly name: string
  readonly address: string
  /** What the stick table knows it by. */
  readonly id: number
}

export const SERVER_DEFAULTS: ServerSettings = {
  check: 'off',
  interMs: 2_000,
  fastinterMs: undefined,
  downinterMs: undefined,
  fall: 3,
  rise: 2,
  observe: undefined,
  errorLimit: 10,
  onError: 'fail-check',
  onMarkedDown: undefined,
  resolvers: undefined,
}

const ARGUMENTS = [
  'check',
  'inter',
  'fastinter',
  'downinter',
  'fall',
  'rise',
  'observe',
  'error-limit',
  'on-error',
  'on-marked-down',
  'init-addr',
  'resolvers',
] as const

const INIT_ADDR = /^(?:last|libc|none)(?:,(?:last|libc|none))*$/

/** The rest of a `default-server` line. */
export function withDefaults(settings: ServerSettings, line: Line): ServerSettings {
  let changed = settings
  do changed = withArgument(changed, line.oneOf(...ARGUMENTS), line)
  while (!line.isAtEnd)
  return changed
}

/** The rest of a `server` line; `nextId` is what it gets where it names none. */
export function readServer(defaults: ServerSettings, line: Line, nextId: number): ServerLine {
  const [name] = line.matching(/^[\w.:-]+$/, 'a name of the server')
  const address = line.address('its address')
  let settings = defaults
  let id = nextId
  while (!line.isAtEnd) {
    if (line.take('id')) id = line.integer('the id', { least: 1 })
    else settings = withArgument(settings, line.oneOf(...ARGUMENTS, 'id'), line)
  }
  return { ...settings, name, address, id }
}

function withArgument(
  settings: ServerSettings,
  argument: (typeof ARGUMENTS)[number] | 'id',
  line: Line,
): ServerSettings {
  switch (argument) {
    case 'check':
      return { ...settings, check: 'on' }
    case 'inter':
    case 'fastinter':
    case 'downinter':
      return { ...settings, [`${argument}Ms`]: line.duration(argument, { least: 1 }) }
    case 'fall':
    case 'rise':
      return { ...settings, [argument]: line.integer(argument, { least: 1 }) }
    case 'observe':
      return { ...settings, observe: line.oneOf('layer4', 'layer7') }
    case 'error-limit':
      return { ...settings, errorLimit: line.integer(argument, { least: 1 }) }
    case 'on-error':
      return { ...settings, onError: line.oneOf('fastinter', 'fail-check', 'sudden-death', 'mark-down') }
    case 'on-marked-down':
      return { ...settings, onMarkedDown: line.oneOf('shutdown-sessions') }
    case 'init-addr':
      line.matching(INIT_ADDR, 'a list of last, libc, none')
      return settings
    case 'resolvers':
      return { ...settings, resolvers: line.word('the name of a resolvers section') }
    case 'id':
      return line.refuse('an id is a single server’s')
  }
}
