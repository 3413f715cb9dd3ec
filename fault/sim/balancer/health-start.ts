// How servers begin: all of them UP, but so that the first check that fails takes one DOWN; their first checks spread
// over the interval, so that not all are asked at once.
import { type Health, type HealthRules, intervalMs } from './health.ts'

/** Shorter intervals than this spread nothing but their own server. */
const SPREADING_MS = 1_000

/** The healths of all servers of all backends, in the order of the file. */
export function firstHealths(rules: readonly HealthRules[], now: number): Health[] {
  const unchecked = rules.map(({ server }): Health => {
    return { state: 'up', points: server.rise, errors: 0, downs: 0, check: { phase: 'none' } }
  })
  const intervals = rules.map((each, at) => {
    const health = unchecked[at]
    return each.server.check === 'on' && health !== undefined ? intervalMs(health, each) : 0
  })
  const checked = intervals.filter((interval) => interval > 0).length
  const long = intervals.filter((interval) => interval >= SPREADING_MS)
  const least = long.length === 0 ? 0 : Math.min(...long)
  let position = 0
  return unchecked.map((health, at) => {
    const interval = intervals[at] ?? 0
    if (interval === 0) return health
    const dueAt = now + Math.floor((Math.max(least, interval) * position) / checked)
    position++
    return { ...health, check: { phase: 'waiting', dueAt } }
  })
}
