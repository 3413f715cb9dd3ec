// Attempts of unknown outcome that may take effect before an observation. They are applied only where the observation
// could tell, so that thirty unknown writes do not fork into thirty factorial worlds at once.

import { merge, write } from './apply.ts'
import type { Call, SessionId } from './call.ts'
import type { Expiry, Interval } from './deadline.ts'
import { forkByExpiry, type Pending, takePending, type World, worldKey } from './world.ts'

/** What an observation can see of a session. */
export type Sight = 'counter' | 'notes' | 'analysis' | 'all'

export interface Observation {
  readonly session: SessionId
  readonly sight: Sight
  readonly at: Interval
  readonly expiry: Expiry
  readonly budget: Budget
}

/** How much a search may still visit. Once it is spent, what was found so far is not all there is. */
export interface Budget {
  left: number
}

/** The worlds in which none, some or all of the pending attempts that matter here have taken effect, in any order. */
export function pendingApplied(world: World, observation: Observation): World[] {
  const reached = new Map([[worldKey(world), world]])
  // A map is walked in the order of insertion, so this also visits what it adds.
  for (const each of reached.values()) {
    if (observation.budget.left-- <= 0) break
    for (const pending of each.pending) {
      if (!matters(pending, observation)) continue
      for (const next of applied(each, pending, observation)) reached.set(worldKey(next), next)
    }
  }
  return [...reached.values()]
}

function matters(pending: Pending, { session, sight, at }: Observation): boolean {
  if (pending.session !== session || pending.since > at.latest) return false
  return changes(pending.call, sight)
}

function changes(call: Call, sight: Sight): boolean {
  switch (call.kind) {
    case 'increment':
      return sight === 'counter' || sight === 'all'
    case 'addNote':
      return sight === 'notes' || sight === 'all'
    case 'analyze':
      return sight === 'analysis' || sight === 'all'
    case 'resume':
      return call.from !== 'own'
    default:
      return false
  }
}

function applied(world: World, pending: Pending, { at, expiry }: Observation): World[] {
  const rest = takePending(world, pending)
  const when = { earliest: pending.since, latest: at.latest }
  const { session, call, key } = pending
  if (call.kind !== 'resume' || call.from === 'own') {
    return forkByExpiry(rest, session, when)
      .flatMap((now) => write(now, pending, when, expiry))
      .map(({ world }) => world)
  }
  const source = call.from.id
  return forkByExpiry(rest, source, when).flatMap((now) =>
    merge(now, { session, call, key }, now.sessions.get(source), when, expiry).map(({ world }) => world),
  )
}
