// All that a tool sees of state: one session, bound to its store, its time to live and the key of the call that uses it.
import type { Json } from '../wire/json.ts'
import type { Change, Once, SessionStore } from './store/contract.ts'

/** Each method is a use of the session: it slides its deadline. */
export interface Session {
  readonly id: string
  get(key: string): Promise<Json | undefined>
  set(key: string, value: Json): Promise<void>
  /** One atomic step, and for a call with a key at most once: the reply of its first execution comes again. */
  update<Reply extends Json>(key: string, change: Change<Reply>): Promise<Reply>
  /** Copies another session's values here, at most once for a call with a key. Returns how many. */
  copyFrom(id: string): Promise<number>
  /** Whether this very call has been executed here before. Not a use. */
  answered(): Promise<boolean>
}

export interface SessionBinding {
  readonly store: SessionStore
  readonly id: string
  readonly ttlMs: number
  readonly once: Once | undefined
}

export function bindSession({ store, id, ttlMs: ttl, once }: SessionBinding): Session {
  return {
    id,
    get: async (key) => (await store.read(id, [key], { ttl })).get(key),
    set: (key, value) => store.set(id, key, value, { ttl }),
    update: (key, change) => store.update(id, key, change, { ttl, once }),
    copyFrom: (from) => store.copySession(from, id, { ttl, once }),
    answered: async () => once !== undefined && (await store.recorded(id, once)) !== undefined,
  }
}
