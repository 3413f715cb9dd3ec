// Uses of a session that change it, in one world: a keyed write, the second half of a resume, a mere touch.
import type { Answer, Call, CallKey, SessionId } from './call.ts'
import type { Expiry, Interval } from './deadline.ts'
import {
  admit,
  countValues,
  execute,
  mergeRecords,
  NO_RECORDS,
  NO_VALUES,
  remember,
  type SessionState,
} from './session.ts'
import { forkByExpiry, slideDeadline, type World, withSession } from './world.ts'

/** A call on a session, with the key that makes it the same call over all its tries. */
export interface Keyed {
  readonly session: SessionId
  readonly call: Call
  readonly key: CallKey | undefined
}

/** A world after a use, and what the use was answered. */
export interface Applied {
  readonly world: World
  readonly saw: Answer
}

/** A write as a call makes it: run once, or answered from its record; refused, it gives no answer at all. */
export function write(world: World, access: Keyed, at: Interval, expiry: Expiry): Applied[] {
  const { session, call, key } = access
  const state = world.sessions.get(session)
  const records = state?.records ?? NO_RECORDS
  const admission = admit(records, key)
  if (admission.kind === 'stale') return []
  if (admission.kind === 'replay') {
    return [{ world: touched(world, session, at, expiry), saw: admission.answer }]
  }
  const done = execute(call, state?.values ?? NO_VALUES)
  if (!done) return []
  const next = { values: done.values, records: remember(records, key, done.answer) }
  return [{ world: written(world, session, next, at, expiry), saw: done.answer }]
}

/** The second half of a resume: values over values, records merged, unless this call was done here before. */
export function merge(
  world: World,
  { session, key }: Keyed,
  from: SessionState | undefined,
  at: Interval,
  expiry: Expiry,
): Applied[] {
  return forkByExpiry(world, session, at).flatMap((now) => {
    const to = now.sessions.get(session)
    const admission = admit(to?.records ?? NO_RECORDS, key)
    if (admission.kind === 'stale') return []
    if (admission.kind === 'replay') return [{ world: touched(now, session, at, expiry), saw: admission.answer }]
    const saw: Answer = { kind: 'resumed', keysCopied: from ? countValues(from.values) : 0 }
    if (!from && !to) return [{ world: now, saw }]
    const values = { ...to?.values, ...from?.values }
    const records = remember(mergeRecords(from?.records ?? NO_RECORDS, to?.records ?? NO_RECORDS), key, saw)
    return [{ world: written(now, session, { values, records }, at, expiry), saw }]
  })
}

/** The world after a use that changes no value: a live session's deadline slides. */
export function touched(world: World, id: SessionId, at: Interval, expiry: Expiry): World {
  const state = world.sessions.get(id)
  if (!state) return world
  return withSession(world, id, { ...state, deadline: slideDeadline(world, id, at, expiry) })
}

function written(
  world: World,
  id: SessionId,
  next: Omit<SessionState, 'deadline'>,
  at: Interval,
  expiry: Expiry,
): World {
  const old = world.sessions.get(id)?.deadline
  const settled = withSession(world, id, { ...next, deadline: old ?? { earliest: -Infinity, latest: -Infinity } })
  return withSession(settled, id, { ...next, deadline: slideDeadline(settled, id, at, expiry) })
}
