// What calls tell of a server's health (`observe`): so many errors in a row bring the next check forward, or cost it
// points at once, as `on-error` says.
import { type Health, type HealthRules, lost } from './health.ts'

/** What a call has met. An answer of 5xx is an error, except for 501 and 505, which its caller may have asked for. */
export type CallEvent =
  | 'connected'
  | 'not-connected'
  | { readonly status: number }
  | 'invalid-response'
  | 'closed'
  | 'timeout'

/** What `layer4` and `layer7` make of it. */
function judged(event: CallEvent, observe: 'layer4' | 'layer7'): 'good' | 'error' | 'nothing' {
  if (event === 'not-connected') return 'error'
  if (event === 'connected') return observe === 'layer4' ? 'good' : 'nothing'
  if (observe === 'layer4') return 'nothing'
  if (typeof event === 'string') return 'error'
  return event.status < 500 || event.status === 501 || event.status === 505 ? 'good' : 'error'
}

export function afterCall(health: Health, rules: HealthRules, event: CallEvent, now: number): Health {
  const { server } = rules
  if (server.observe === undefined || health.check.phase === 'none') return health
  const verdict = judged(event, server.observe)
  if (verdict === 'nothing') return health
  if (verdict === 'good') return { ...health, errors: 0 }
  const errors = health.errors + 1
  if (errors < server.errorLimit) return { ...health, errors }
  return broughtForward(tooMany({ ...health, errors: 0 }, rules), rules, now)
}

function tooMany(health: Health, rules: HealthRules): Health {
  const { rise, onError } = rules.server
  switch (onError) {
    case 'fastinter':
      return health
    case 'sudden-death':
      return costsPoint({ ...health, points: Math.min(health.points, rise + 1) }, rules)
    case 'fail-check':
      return costsPoint(health, rules)
    case 'mark-down':
      return costsPoint({ ...health, points: rise }, rules)
  }
}

/** A check that runs is over by that: what it would have said counts no more. */
function costsPoint(health: Health, rules: HealthRules): Health {
  const { check } = health
  const runs = check.phase === 'connecting' || check.phase === 'asking'
  return { ...lost(health, rules), check: runs ? { phase: 'given-up', failsAt: check.failsAt } : check }
}

/** The next check comes after `fastinter` at the latest; on 2.6 one that runs has no longer than that either. */
function broughtForward(health: Health, { server: { fastinterMs } }: HealthRules, now: number): Health {
  const { check } = health
  if (fastinterMs === undefined || check.phase === 'none') return health
  const soon = now + fastinterMs
  if (check.phase === 'waiting') return { ...health, check: { ...check, dueAt: Math.min(check.dueAt, soon) } }
  return { ...health, check: { ...check, failsAt: Math.min(check.failsAt, soon) } }
}
