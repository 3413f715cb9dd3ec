// What a caller may set of a stack of processes, and the rest worked out from its session TTL: a trace with a TTL of
// 3 s needs every timer of the stack scaled down with it, or nothing is detected within a session's life.
import { StackError } from '../stack.ts'

/** How the instances are started, where they are not this package's own server. */
export interface BackendCommand {
  /** Executed without a shell, by default Node. It gets INSTANCE_ID, HOST, PORT, REDIS_URL, SESSION_TTL and the timers. */
  readonly command?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /**
   * Whether the instance at this `/mcp` answers; by default any answer to `GET /health` will do. Asked again until it is
   * true; a rejection is a no. It must not ask for more than an answer: an instance may be started without its Redis.
   */
  readonly readyWhen?: (url: URL) => Promise<boolean>
}

/** Milliseconds. */
export interface Timers {
  /** Between two keep-alive comments on a running call's stream. */
  readonly keepAliveMs: number
  /** For one whole store operation. */
  readonly storeDeadlineMs: number
  /** Longest drain after SIGTERM. */
  readonly drainMs: number
  /** Between two health checks of a well instance. */
  readonly checkMs: number
  /** Between two health checks of one in doubt or down. */
  readonly fastCheckMs: number
  readonly checkTimeoutMs: number
  /** For the balancer to connect to an instance. */
  readonly connectMs: number
  /** The longest call that a trace makes: the balancer remembers a session for its TTL and this. */
  readonly longestCallMs: number
}

export interface ProcessStackOptions {
  /** How many instances, 3 by default. The balancer's file must have a server for each. */
  readonly backends?: number
  /** Session TTL, 3000 by default. */
  readonly ttlMs?: number
  readonly timers?: Partial<Timers>
  /** In place of this package's haproxy.cfg; it gets the same environment. */
  readonly haproxyFile?: string
  readonly backend?: BackendCommand
  /** Path of a module that opens another store (SESSION_STORE); TypeScript is compiled. */
  readonly store?: string
  /** Whether Toxiproxy stands on every link (the default), or none is there: then nothing but instances can be hurt. */
  readonly links?: 'proxied' | 'direct'
  /** Where the balancer listens for clients and for its statistics: free ports by default. */
  readonly ports?: { readonly balancer: number; readonly statistics: number }
  /** A folder in which the logs of all processes stay. */
  readonly logs?: string
  /** Told of each process that ends by itself: an instance can be started again, a stack without another part is over. */
  readonly ended?: (name: string, how: string) => void
  /** Aborting it ends the stack, also while it starts. */
  readonly signal?: AbortSignal
}

export interface Settings {
  readonly backends: number
  readonly ttlMs: number
  readonly links: 'proxied' | 'direct'
  readonly timers: Timers
  readonly backend: BackendCommand
}

const between = (least: number, value: number, most: number) => Math.round(Math.min(Math.max(value, least), most))

/** Timers that suit a TTL; the server's and the balancer's own defaults from a TTL of 30 s on. */
export function scaledTimers(ttlMs: number): Timers {
  return {
    keepAliveMs: between(50, ttlMs / 15, 2_000),
    storeDeadlineMs: between(100, ttlMs / 10, 2_000),
    drainMs: between(3_000, ttlMs / 3, 10_000),
    checkMs: between(500, ttlMs / 6, 5_000),
    fastCheckMs: between(100, ttlMs / 30, 200),
    checkTimeoutMs: between(250, ttlMs / 12, 1_000),
    connectMs: 300,
    longestCallMs: between(3_000, ttlMs / 10, 300_000),
  }
}

export function settingsOf({
  backends = 3,
  ttlMs = 3_000,
  timers = {},
  backend = {},
  links = 'proxied',
}: ProcessStackOptions): Settings {
  if (!Number.isInteger(backends) || backends < 1) throw new StackError(`backends is ${backends}: at least 1 is needed`)
  if (!(ttlMs > 0)) throw new StackError(`ttlMs is ${ttlMs}: a positive number of milliseconds is needed`)
  return { backends, ttlMs, backend, links, timers: { ...scaledTimers(ttlMs), ...timers } }
}
