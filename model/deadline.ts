// Time as an interval: on a real clock nobody knows the instant of an expiry, only between which two it lies.
// In a simulation both ends are the same and the TTL is exact. All times are milliseconds on one monotonic clock.

export interface Interval {
  readonly earliest: number
  readonly latest: number
}

export interface Expiry {
  /** How long state lives after its last use. */
  readonly ttlMs: number
  /** `loosely` lets state expire after half of the TTL, or never: for telling whether a finding is about time. */
  readonly judged: 'strictly' | 'loosely'
  /** How far the harness's clock and the store's may differ over one TTL. */
  readonly clockSlackMs: number
}

/** The deadline that a use somewhere within `use` sets. A slide never moves a deadline back. */
export function slide(old: Interval | undefined, use: Interval, expiry: Expiry): Interval {
  if (expiry.judged === 'loosely') {
    return { earliest: use.earliest + expiry.ttlMs / 2, latest: Number.POSITIVE_INFINITY }
  }
  const earliest = use.earliest + expiry.ttlMs - expiry.clockSlackMs
  return {
    earliest: Math.max(old?.earliest ?? earliest, earliest),
    latest: use.latest + expiry.ttlMs + expiry.clockSlackMs,
  }
}

/** Whether some instant of `look` may lie before the deadline: state is readable until then. */
export function mayBeLive(deadline: Interval, look: Interval): boolean {
  return look.earliest < deadline.latest
}

/** Whether some instant of `look` may lie on the deadline or after it: from then on nothing can be read. */
export function mayBeExpired(deadline: Interval, look: Interval): boolean {
  return look.latest >= deadline.earliest
}

/** What is known of the deadline once the state was seen live within `look`. */
export function seenLive(deadline: Interval, look: Interval): Interval {
  return { earliest: Math.max(deadline.earliest, look.earliest), latest: deadline.latest }
}
