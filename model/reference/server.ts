// Requests of the reference system as an instance serves them, each step at its time.
import type { Answer, Call, CallKey, SessionId } from '../call.ts'
import type { Store } from './store.ts'
import type { Process } from './timeline.ts'

export interface Request {
  readonly session: SessionId
  readonly call: Call
  readonly key: CallKey | undefined
}

const COPY_MS = 2

/** One request as an instance serves it, step by step; undefined where it is refused. */
export function* serve(store: Store, { session, call, key }: Request): Process<Answer | undefined> {
  switch (call.kind) {
    case 'getCounter':
      return { kind: 'counter', counter: store.read(session, 'owner').counter ?? 0 }
    case 'listNotes':
      return { kind: 'notes', notes: store.read(session, 'owner').notes ?? [] }
    case 'summary': {
      const id = call.of === 'own' ? session : call.of.id
      const { counter = 0, notes = [], analysis = null } = store.read(id, id === session ? 'owner' : 'peek')
      return { kind: 'summary', counter, notes, analysis }
    }
    case 'watch':
      return yield* watch(store, session, call.seconds)
    case 'resume': {
      const from = call.from === 'own' ? session : call.from.id
      if (from === session) store.read(session, 'owner')
      if (from === session) return { kind: 'sameSession' }
      const source = store.snapshot(from)
      yield COPY_MS
      return store.copy(source, { from, to: session, key })
    }
    case 'analyze':
      if (!store.kept(session, key)) yield 800 + 300 * call.items
      return store.update(session, call, key)
    default:
      return store.update(session, call, key)
  }
}

function* watch(store: Store, session: string, seconds: number): Process<Answer> {
  const changes: { from: number; to: number; at: number }[] = []
  let seen = store.read(session, 'owner').counter ?? 0
  for (let at = 0.5; at <= seconds; at += 0.5) {
    yield 500
    const now = store.read(session, 'owner').counter ?? 0
    if (now !== seen) changes.push({ from: seen, to: now, at })
    seen = now
  }
  return { kind: 'changes', changes }
}
