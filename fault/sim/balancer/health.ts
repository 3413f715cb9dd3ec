// The health of one server, as HAProxy keeps it: a number that checks and errors move, and a state that follows it.
// Pure: each function returns the health after what it is named for, at a virtual millisecond.
import type { BackendConfiguration } from './backend-section.ts'
import type { CheckSettings } from './check-line.ts'
import type { Timeouts } from './proxy.ts'
import type { ServerLine } from './server-line.ts'

export type ServerState = 'up' | 'draining' | 'down'

type Check =
  | { readonly phase: 'none' }
  | { readonly phase: 'waiting'; readonly dueAt: number }
  /** `given-up`: an error of a call has decided in its place; whatever it ends with, it counts no more. */
  | { readonly phase: 'connecting' | 'asking' | 'given-up'; readonly failsAt: number }

export interface Health {
  readonly state: ServerState
  /** From 0, which is DOWN, to rise + fall - 1; from `rise` on it is UP. */
  readonly points: number
  /** Of calls, in a row. */
  readonly errors: number
  /** How often it became DOWN. */
  readonly downs: number
  readonly check: Check
}

export interface HealthRules {
  readonly server: ServerLine
  readonly checks: CheckSettings
  readonly timeouts: Timeouts
}

/** How a check ended: with an answer, or without one. */
export type CheckResult = { readonly status: number } | 'refused' | 'closed' | 'timeout'

export const healthRules = ({ checks, timeouts }: BackendConfiguration, server: ServerLine): HealthRules => ({
  checks,
  timeouts,
  server,
})

const mostPoints = ({ server: { rise, fall } }: HealthRules) => rise + fall - 1

/** Between two checks: more often while the points are in between. */
export function intervalMs({ state, points }: Health, rules: HealthRules): number {
  const { interMs, fastinterMs, downinterMs } = rules.server
  if (points === mostPoints(rules)) return interMs
  if (state === 'down' && points === 0) return downinterMs ?? interMs
  return fastinterMs ?? interMs
}

/** The check that was due begins: the connection has until `failsAt`. */
export function checkBegun(health: Health, { server, timeouts }: HealthRules, now: number): Health {
  const patience =
    timeouts.check === undefined ? server.interMs : Math.min(server.interMs, timeouts.connect ?? Infinity)
  return { ...health, check: { phase: 'connecting', failsAt: now + patience } }
}

/** Its connection stands, and the request goes out. Where connections alone are asked for, the check has passed. */
export function checkConnected(health: Health, rules: HealthRules, now: number): Health {
  const { check } = health
  if (check.phase !== 'connecting') return health
  if (rules.checks.asks === 'connection') return checkEnded(health, rules, { status: 200 }, now)
  const { timeouts } = rules
  const failsAt = timeouts.check === undefined ? check.failsAt : now + timeouts.check
  return { ...health, check: { phase: 'asking', failsAt } }
}

export function checkEnded(health: Health, rules: HealthRules, result: CheckResult, now: number): Health {
  const ended = health.check.phase === 'given-up' ? health : afterResult(health, rules, result)
  return { ...ended, check: { phase: 'waiting', dueAt: now + intervalMs(ended, rules) } }
}

function afterResult(health: Health, rules: HealthRules, result: CheckResult): Health {
  const status = typeof result === 'object' ? result.status : 0
  const drains = status === 404 && rules.checks.disableOn404 && health.state !== 'down'
  if (!drains && (status < 200 || status >= 400)) return lost(health, rules)
  const { rise } = rules.server
  const points = health.points + 1 >= rise ? mostPoints(rules) : health.points + 1
  const better = { ...health, points, errors: 0 }
  if (points < rise) return better
  return { ...better, state: drains ? 'draining' : 'up' }
}

/** One point is lost, or all of them where it is down by that. */
export function lost(health: Health, rules: HealthRules): Health {
  const points = health.points - 1 < rules.server.rise ? 0 : health.points - 1
  if (points > 0 || health.state === 'down') return { ...health, points }
  return { ...health, points, state: 'down', downs: health.downs + 1 }
}

/** Whether the calls that run on it are ended now. */
export function shutsSessions(before: Health, after: Health, { server }: HealthRules): boolean {
  return before.state !== 'down' && after.state === 'down' && server.onMarkedDown === 'shutdown-sessions'
}

/** As `set server ... health up` does. */
export function madeUp(health: Health, rules: HealthRules): Health {
  return { ...health, points: mostPoints(rules), state: 'up' }
}
