// The server's settings out of its environment. A bad value stops the start, with one line that says what to write.
import { z } from 'zod'
import { LOCAL_HOSTS } from './hosts.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export interface Environment {
  readonly instance: string
  readonly redisUrl: string | undefined
  readonly storeModule: string | undefined
  readonly ttlMs: number
  readonly host: string
  readonly port: number
  readonly allowedHosts: readonly string[]
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly keepAliveMs: number
  readonly storeDeadlineMs: number
  readonly drainMs: number
}

/** A variable has a value that is not accepted; the message is the whole line to print. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
const text = z.string()
// More than this many milliseconds do not fit into a timer.
const MAX_MS = 2 ** 31 - 1
const milliseconds = number.pipe(z.number().min(1).max(MAX_MS))
const hostName = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/i

const hostList = text
  .transform((list) =>
    list
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
  )
  .pipe(z.array(z.string().regex(hostName)).min(1))

const redisUrl = text.refine((url) => /^rediss?:\/\//.test(url) && URL.canParse(url))

/** Reads the variables. One that is empty counts as absent, as compose files leave it. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  function read<T>(name: string, schema: z.ZodType<T, string>, accepted: string): T | undefined {
    const value = env[name]
    if (value === undefined || value === '') return undefined
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw new BadEnvironment(`${name}=${JSON.stringify(shown(name, value))} is not accepted: expected ${accepted}`)
  }
  const ms = (name: string) => read(name, milliseconds, `milliseconds from 1 to ${MAX_MS}`)
  const ttl = number.pipe(
    z
      .number()
      .min(0.001)
      .max(MAX_MS / 1000),
  )
  return {
    instance: read('INSTANCE_ID', text, 'a name') ?? 'unknown',
    redisUrl: read('REDIS_URL', redisUrl, 'a redis:// or rediss:// URL'),
    storeModule: read('SESSION_STORE', text, 'the path of a module'),
    ttlMs:
      (read('SESSION_TTL', ttl, `seconds from 0.001 to ${Math.floor(MAX_MS / 1000)}, fractions allowed`) ?? 1800) *
      1000,
    host: read('HOST', text, 'an address to listen on') ?? '127.0.0.1',
    port: read('PORT', number.pipe(z.int().max(65535)), 'a port from 0 (any free one) to 65535') ?? 8000,
    allowedHosts: read('ALLOWED_HOSTS', hostList, 'host names without port, separated by commas') ?? LOCAL_HOSTS,
    logLevel: read('LOG_LEVEL', z.enum(LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`) ?? 'info',
    keepAliveMs: ms('KEEP_ALIVE_MS') ?? 2000,
    storeDeadlineMs: ms('STORE_DEADLINE_MS') ?? 2000,
    drainMs: ms('DRAIN_MS') ?? 10_000,
  }
}

// The line may end up in a log, and a URL may hold a password.
function shown(name: string, value: string): string {
  return name === 'REDIS_URL' ? value.replace(/\/\/[^@/]*@/, '//***@') : value
}
