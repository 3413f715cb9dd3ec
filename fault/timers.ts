// How long the parts of a stack wait. A trace with a TTL of 3 s needs every timer scaled down with it, or nothing is
// detected within a session's life.

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
