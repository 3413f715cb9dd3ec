// How long something took, as an order of magnitude: tiers agree on that, and on no number of milliseconds.

const SHORT_MS = 700
const LONG_MS = 1_300

/** What is in between is said as it is, and equals nothing. */
export function magnitude(ms: number): string {
  if (ms < SHORT_MS) return 'in milliseconds'
  return ms > LONG_MS ? 'in seconds' : `in ${ms} ms`
}
