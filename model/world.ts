// One state of the system that everything observed so far allows: what each session holds, and which attempts of
// unknown outcome may still take effect. Worlds with the same key are the same world.
import { type Call, type CallKey, resumedFrom, type SessionId } from './call.ts'
import type { Interval } from './deadline.ts'
import { type Expiry, mayBeExpired, mayBeLive, seenLive, slide } from './deadline.ts'
import { admit, type SessionState } from './session.ts'

/** An attempt nobody heard the end of: it takes effect on its session when an observation needs it, or never. */
export interface Pending {
  readonly session: SessionId
  readonly call: Call
  readonly key: CallKey | undefined
  /** When the first of them was sent. */
  readonly since: number
  /** How many of the same kind there are: without keys nothing tells them apart. */
  readonly count: number
  /** Of a resume: what its source held since then and no longer does. It may have been copied before that changed. */
  readonly sourceHeld?: readonly (SessionState | undefined)[]
}

export interface World {
  readonly sessions: ReadonlyMap<SessionId, SessionState>
  readonly pending: readonly Pending[]
}

export const FIRST_WORLD: World = { sessions: new Map(), pending: [] }

/**
 * A key of something that never changes, worked out once: worlds share most of their sessions and attempts, and are told
 * apart by their keys many times over.
 */
function keptKey<Kept extends object>(keyOf: (kept: Kept) => string): (kept: Kept) => string {
  const keys = new WeakMap<Kept, string>()
  return (kept) => {
    const known = keys.get(kept)
    if (known !== undefined) return known
    const key = keyOf(kept)
    keys.set(kept, key)
    return key
  }
}

/** Equal for worlds that no observation can tell apart. */
export const worldKey = keptKey((world: World) => {
  const sessions = [...world.sessions].map(([id, state]) => `${JSON.stringify(id)}:${knownStateKey(state)}`).sort()
  return `${sessions.join(',')} ${world.pending.map(pendingKey).sort().join(',')}`
})

/** The same for one session's state. */
export function stateKey(state: SessionState | undefined): string {
  return state ? knownStateKey(state) : 'none'
}

const knownStateKey = keptKey((state: SessionState) => {
  const { earliest, latest } = state.deadline
  return `${contentKey(state)}@${earliest}-${latest}`
})

/** Of all but the deadline. */
const contentKey = keptKey((state: SessionState) => {
  const { counter, notes, analysis } = state.values
  const records = [...state.records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([client, own]) => [client, own.mark, [...own.replies].sort(([a], [b]) => a - b)])
  return JSON.stringify([counter, notes, analysis, records])
})

const pendingKey = keptKey((pending: Pending) => {
  const { session, call, key, since, count, sourceHeld } = pending
  return JSON.stringify([session, call, key, since, count, sourceHeld?.map(heldKey).sort()])
})

export function withSession(world: World, id: SessionId, state: SessionState | undefined): World {
  const sessions = new Map(world.sessions)
  if (state) sessions.set(id, state)
  else sessions.delete(id)
  return { sessions, pending: remembering(world, id, state) }
}

/** A pending resume may have copied what its source holds, before that changes. */
function remembering(world: World, id: SessionId, next: SessionState | undefined): readonly Pending[] {
  const state = world.sessions.get(id)
  if (!world.pending.some((pending) => resumedFrom(pending.call) === id) || heldKey(state) === heldKey(next))
    return world.pending
  return world.pending.map((pending) => {
    if (resumedFrom(pending.call) !== id || (state && state.deadline.latest <= pending.since)) return pending
    const { sourceHeld = [] } = pending
    if (sourceHeld.some((held) => heldKey(held) === heldKey(state))) return pending
    return { ...pending, sourceHeld: [...sourceHeld, state] }
  })
}

/** Equal where a copy would be: whatever the deadline. */
function heldKey(state: SessionState | undefined): string {
  return state ? contentKey(state) : 'none'
}

/**
 * The worlds that a look within `at` may find a session in: live, or expired and gone. Where the deadline straddles
 * the look there are both.
 */
export function forkByExpiry(world: World, id: SessionId, at: Interval): World[] {
  const state = world.sessions.get(id)
  if (!state) return [world]
  const worlds: World[] = []
  if (mayBeLive(state.deadline, at)) {
    worlds.push(withSession(world, id, { ...state, deadline: seenLive(state.deadline, at) }))
  }
  if (mayBeExpired(state.deadline, at)) worlds.push(withSession(world, id, undefined))
  return worlds
}

/** The deadline after a use within `at`. A pending use of the session may slide it again at any time. */
export function slideDeadline(world: World, id: SessionId, at: Interval, expiry: Expiry): Interval {
  const slid = slide(world.sessions.get(id)?.deadline, at, expiry)
  const mayBeUsedAgain = world.pending.some(
    (pending) => pending.session === id && admission(world, pending) !== 'stale',
  )
  return mayBeUsedAgain ? { ...slid, latest: Number.POSITIVE_INFINITY } : slid
}

/** Adds an attempt of unknown outcome. Whatever it is, it is a use: it may slide the deadline from now on. */
export function addPending(world: World, attempt: Omit<Pending, 'count'>): World {
  const same = world.pending.find((pending) => pendingKind(pending) === pendingKind(attempt))
  const pending = same
    ? world.pending.map((each) => (each === same ? { ...same, count: same.count + 1 } : each))
    : [...world.pending, { ...attempt, count: 1 }]
  const state = world.sessions.get(attempt.session)
  if (!state || state.deadline.latest <= attempt.since) return { ...world, pending }
  const open = { ...state, deadline: { ...state.deadline, latest: Number.POSITIVE_INFINITY } }
  return withSession({ ...world, pending }, attempt.session, open)
}

const pendingKind = keptKey((pending: Omit<Pending, 'count'>) =>
  JSON.stringify([pending.session, pending.call, pending.key?.client, pending.key?.seq]),
)

/** Takes one of these pending attempts out. */
export function takePending(world: World, taken: Pending): World {
  const pending = world.pending.flatMap((each) =>
    each !== taken ? [each] : each.count > 1 ? [{ ...each, count: each.count - 1 }] : [],
  )
  return { ...world, pending }
}

/** What becomes of a pending attempt where its session is live: replayed, it still slides; stale, it does nothing. */
export function admission(world: World, { session, call, key }: Pending): 'new' | 'replay' | 'stale' {
  const records = world.sessions.get(session)?.records
  return records && leavesRecord(call) ? admit(records, key).kind : 'new'
}

/** Reads carry a key too, and so does a resume of one's own session, but nothing refuses a late one. */
function leavesRecord(call: Call): boolean {
  if (call.kind === 'resume') return resumedFrom(call) !== undefined
  return call.kind === 'increment' || call.kind === 'addNote' || call.kind === 'analyze'
}

/** Forgets what has surely expired by `now`. */
export function forgetExpired(world: World, now: number): World {
  const expired = [...world.sessions].filter(([, state]) => state.deadline.latest <= now)
  return expired.reduce((each, [id]) => withSession(each, id, undefined), world)
}
