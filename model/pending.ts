// Attempts of unknown outcome that may take effect before an observation. They are applied only where the observation
// could tell, so that thirty unknown writes do not fork into thirty factorial worlds at once.

import { merge, write } from './apply.ts'
import { type Call, type CallKey, resumedFrom, type SessionId } from './call.ts'
import { type Expiry, type Interval, mayBeExpired } from './deadline.ts'
import { admission, forkByExpiry, type Pending, takePending, type World, worldKey } from './world.ts'

/** What an observation can see of a session. */
export type Sight = 'counter' | 'notes' | 'analysis' | 'all'

export interface Observation {
  readonly session: SessionId
  readonly sight: Sight
  readonly at: Interval
  readonly expiry: Expiry
  readonly budget: Budget
  /** Of the write that follows: its mark refuses older ones of its client. */
  readonly key: CallKey | undefined
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
    for (const pending of mattering(each, observation)) {
      for (const next of applied(each, pending, observation)) reached.set(worldKey(next), next)
    }
  }
  return [...reached.values()]
}

/**
 * Those that the observation could tell, and those that could not happen any more once it, or one of them, has raised
 * their client's mark: they come first or (while the session lives) never.
 */
function mattering(world: World, { session, sight, at, key }: Observation): Pending[] {
  const isSource = world.pending.some((pending) => resumedFrom(pending.call) === session)
  const state = world.sessions.get(session)
  let left = world.pending.filter((pending) => {
    if (pending.session !== session || pending.since > at.latest || !changes(pending.call, 'all')) return false
    return admission(world, pending) === 'new' || (state && mayBeExpired(state.deadline, at))
  })
  const found: Pending[] = []
  const marks: (CallKey | undefined)[] = [key]
  for (;;) {
    const next = left.filter(
      (pending) =>
        changes(pending.call, isSource ? 'all' : sight) ||
        found.some(({ call }) => call.kind === 'resume') ||
        marks.some((mark) => isBelow(pending.key, mark)),
    )
    if (next.length === 0) return found
    left = left.filter((pending) => !next.includes(pending))
    found.push(...next)
    marks.push(...next.map((pending) => pending.key))
  }
}

function isBelow(key: CallKey | undefined, mark: CallKey | undefined): boolean {
  return key !== undefined && key.client === mark?.client && key.seq < mark.acknowledgedBelow
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
      return resumedFrom(call) !== undefined
    default:
      return false
  }
}

function applied(world: World, pending: Pending, { at, expiry, budget }: Observation): World[] {
  const rest = takePending(world, pending)
  const when = { earliest: pending.since, latest: at.latest }
  const { session, call, key } = pending
  const source = resumedFrom(call)
  if (source === undefined) {
    return forkByExpiry(rest, session, when)
      .flatMap((now) => write(now, pending, when, expiry))
      .map(({ world }) => world)
  }
  const onSource = pendingApplied(rest, { session: source, sight: 'all', at: when, expiry, budget, key: undefined })
  const now = onSource.flatMap((each) =>
    forkByExpiry(each, source, when).map((world) => ({ world, held: world.sessions.get(source) })),
  )
  const before = (pending.sourceHeld ?? []).map((held) => ({ world: rest, held }))
  return [...now, ...before].flatMap(({ world, held }) =>
    merge(world, { session, call, key }, held, when, expiry).map((each) => each.world),
  )
}
