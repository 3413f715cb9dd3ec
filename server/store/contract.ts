// The only way to session state. Small and public: whoever brings a module that opens a store with this contract can
// run the server on it, and the store suite in properties/ holds any implementation against it.
import type { CallKey } from '../../wire/call-key.ts'
import type { Clock } from '../../wire/clock.ts'
import { ERROR_CODES, type ErrorCode } from '../../wire/error-codes.ts'
import type { Json } from '../../wire/json.ts'

/** One keyed call: its idempotency key, and a digest of tool and arguments that tells a reused key. */
export interface Once extends CallKey {
  readonly digest: string
}

/** The deadline that a use of a session sets: now + ttl, in milliseconds. */
export interface Slide {
  readonly ttl: number
}

/** A write: it slides the deadline, and with `once` it happens at most once for that call. */
export interface Write extends Slide {
  readonly once?: Once | undefined
}

/** From the value that a key has (undefined: none) to the value it gets, and the reply that the caller sees. */
export type Change<Reply extends Json> = (now: Json | undefined) => { readonly value: Json; readonly reply: Reply }

/**
 * State of sessions: named JSON values with one deadline a session. From the deadline on nothing of a session can be
 * read. Ids and keys are data, never patterns: any string is legal. Failures reject with {@link StoreError}.
 */
export interface SessionStore {
  /** An atomic snapshot of those keys, the absent left out. With `ttl` the same step slides a live session's deadline. */
  read(id: string, keys: readonly string[], options?: Partial<Slide>): Promise<Map<string, Json>>
  /** The names of the session's values. Slides nothing. */
  keys(id: string): Promise<string[]>
  /** Sets one value and slides the deadline. */
  set(id: string, key: string, value: Json, options: Slide): Promise<void>
  /** Deletes one value. With `ttl` the same step slides a live session's deadline. */
  delete(id: string, key: string, options?: Partial<Slide>): Promise<void>
  /**
   * Read, compute, write as one atomic step: no update is lost, whoever else writes. `change` may run more than once
   * and must be pure; where it throws nothing is written and the error is passed on. With `once` the reply is recorded
   * in the same step, and the same call returns it again (sliding the deadline) without running `change`.
   */
  update<Reply extends Json>(id: string, key: string, change: Change<Reply>, options: Write): Promise<Reply>
  /** The reply recorded for that call, if any. Refuses as `update` does: `stale`, `key_reused`. Slides nothing. */
  recorded(id: string, once: Once): Promise<Json | undefined>
  /**
   * An atomic snapshot of `from`, written to `to` in one step; with `once` at most once for each target and call.
   * Its values overwrite, other values of `to` stay; the copy's deadline is now + ttl, `from` keeps its own.
   * Idempotency records come along, merged (per client the higher mark and the union of seqs), and are not counted.
   * Where `from` has nothing: 0, and of `to` only the deadline slides, where it is live; that too is recorded there.
   * @returns how many values were copied.
   */
  copySession(from: string, to: string, options: Write): Promise<number>
  /** How many sessions are live, without walking the key space. */
  sessionCount(): Promise<number>
  /** Resolves while the store answers. */
  ping(): Promise<void>
  /** Ends connections and timers. */
  close(): Promise<void>
}

/** What a store module gets from the server that loads it. */
export interface StoreSettings {
  /** The value of REDIS_URL, where it is set. */
  readonly url: string | undefined
  readonly clock: Clock
  /** Time for one whole store operation, in milliseconds. */
  readonly deadlineMs: number
}

/** A module named by SESSION_STORE exports this as `open`. */
export type OpenStore = (settings: StoreSettings) => SessionStore | Promise<SessionStore>

/** A store operation that failed. The code says whether it may have been executed all the same. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/**
 * Whether a store said this itself. By shape and not by class: a store module of somebody's own may throw the class of
 * another copy of this package, and its unknown outcomes must not be taken for crashes.
 */
export function isStoreError(error: unknown): error is StoreError {
  if (!(error instanceof Error) || error.name !== 'StoreError' || !('code' in error)) return false
  return Object.values(ERROR_CODES).some((code) => code === error.code)
}
