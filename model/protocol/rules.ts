// What can be left out: the decisions of the client, in the shape of client/rules.ts so that the client's own object can
// be searched, and those of the store, which are properties of its scripts and so stand here as words.
import type { CallKey } from '../call.ts'

type Outcome = 'ok' | 'fail' | 'unknown'

/** Why a try failed, as far as the model goes. */
export type FailureCause = 'connection' | 'silence' | 'store' | 'resumed'

export type Repeatability = 'keyed' | 'keyless'

/** The part of `ProtocolRules` that the model asks. client/rules.ts says what each of them means. */
export interface ClientRules {
  replyCounts(session: { readonly resume: 'unsent' | 'sent' }): boolean
  afterResume(reply: {
    readonly outcome: Outcome
    readonly code: string | undefined
    readonly sent: number
  }): 'confirm' | 'again' | 'abandon'
  resumeFrom(sessions: { readonly confirmed: number; readonly opened: number }): number
  usable(session: 'opened' | 'confirmed'): boolean
  mayDelete(resume: 'sent' | 'confirmed'): boolean
  keyOfNextTry(first: CallKey, take: () => CallKey): CallKey
  acknowledged(outcome: Outcome): boolean
  mayRepeat(call: { readonly repeatability: Repeatability; readonly outcome: 'fail' | 'unknown' }): boolean
  whereNext(failure: {
    readonly cause: FailureCause
    readonly lossesHere: number
  }): 'same session' | 'new session' | 'nowhere'
}

export interface StoreRules {
  /** The record of a call is written in the same atomic step as its effect. */
  readonly recordsInSameStep: boolean
  /** A copy brings the records along, merged with those of its target. */
  readonly recordsCopied: boolean
  /** A copy reads its source whole, values and records, in one step. */
  readonly snapshotWhole: boolean
  /** A copy is a keyed call of its target: done at most once there. */
  readonly copyOnce: boolean
  /** A copy is written only on the target that it has read; else it begins again. */
  readonly copyComparesRevision: boolean
  /** A seq below its client's mark is refused. */
  readonly refuseStale: boolean
  /** Records below their client's mark are dropped. */
  readonly dropBelowMark: boolean
  /** Each client has records and a mark of its own. */
  readonly recordsPerClient: boolean
}

/** The store as it is. */
export const STORE_RULES: StoreRules = {
  recordsInSameStep: true,
  recordsCopied: true,
  snapshotWhole: true,
  copyOnce: true,
  copyComparesRevision: true,
  refuseStale: true,
  dropBelowMark: true,
  recordsPerClient: true,
}

export interface Rules {
  readonly client: ClientRules
  /** Up to where a new call lets the store forget: below every call that runs, or (wrongly) below itself. */
  readonly markBelow: 'every running call' | 'itself'
  readonly store: StoreRules
}
