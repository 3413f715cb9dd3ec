// How exactly a real stack can be held to its promises, and how long its parts wait: all in milliseconds.
import type { ClientTimers } from './client-under-test.ts'

export interface Bounds {
  /** How far the harness's clock and the store's may differ over one TTL. */
  readonly clockSlackMs: number
  /** How late a call may end after its deadline before it counts as hanging. */
  readonly deadlineSlackMs: number
}

export const DEFAULT_BOUNDS: Bounds = { clockSlackMs: 5, deadlineSlackMs: 250 }

/** The client's limits for a TTL: the defaults, or where the TTL is too short for them, all scaled alike. */
export function clientTimers(ttlMs: number): ClientTimers {
  const deadlineMs = Math.min(60_000, (ttlMs * 5) / 6)
  return {
    deadlineMs,
    silenceMs: Math.min(6_000, ttlMs / 5),
    handshakeMs: Math.min(1_000, ttlMs / 10),
    ttlMs,
  }
}
