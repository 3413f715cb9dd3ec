// What every tier is told of the stack that it runs, and the rest worked out from the session TTL.
import { StackError } from './stack.ts'
import { scaledTimers, type Timers } from './timers.ts'

export interface CommonStackOptions {
  /** How many instances, 3 by default. The balancer's file must have a server for each. */
  readonly backends?: number
  /** Session TTL, 3000 by default. */
  readonly ttlMs?: number
  readonly timers?: Partial<Timers>
  /** In place of this package's haproxy.cfg; it gets the same environment. */
  readonly haproxyFile?: string
  /** Path of a module that opens another store (SESSION_STORE); TypeScript is compiled. */
  readonly store?: string
}

export interface CommonSettings {
  readonly backends: number
  readonly ttlMs: number
  readonly timers: Timers
}

/** @throws StackError for a value that means nothing. */
export function commonSettings({ backends = 3, ttlMs = 3_000, timers = {} }: CommonStackOptions): CommonSettings {
  if (!Number.isInteger(backends) || backends < 1) throw new StackError(`backends is ${backends}: at least 1 is needed`)
  if (!(ttlMs > 0)) throw new StackError(`ttlMs is ${ttlMs}: a positive number of milliseconds is needed`)
  return { backends, ttlMs, timers: { ...scaledTimers(ttlMs), ...timers } }
}

/** Name of instance n, from 1: its INSTANCE_ID and the balancer's name for it. */
export const instanceName = (n: number) => `mcp-server-${n}`

/** The servers that haproxy.cfg has, whether the stack has as many or not. */
const SERVERS_IN_FILE = 3

/** What the balancer's file takes from the environment of its timers; the names are the contract's. */
export function balancerTimers({ timers, ttlMs }: CommonSettings): Record<string, string> {
  return {
    CHECK_INTER: `${timers.checkMs}ms`,
    CHECK_FASTINTER: `${timers.fastCheckMs}ms`,
    CHECK_DOWNINTER: `${timers.fastCheckMs}ms`,
    CHECK_TIMEOUT: `${timers.checkTimeoutMs}ms`,
    CONNECT_TIMEOUT: `${timers.connectMs}ms`,
    STICK_EXPIRE: `${ttlMs + timers.longestCallMs + 1_000}ms`,
  }
}

/** And of its servers: their names, and where `addressOf` says that each is reached. */
export function balancerServers(backends: number, addressOf: (n: number) => string): Record<string, string> {
  const count = Math.max(backends, SERVERS_IN_FILE)
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => at + 1).flatMap((n) => [
      [`SERVER_${n}_NAME`, instanceName(n)],
      [`SERVER_${n}_ADDRESS`, addressOf(n)],
    ]),
  )
}
