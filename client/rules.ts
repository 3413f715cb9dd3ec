// The decisions on which "exactly once" and "no lost update" hang, each a named pure function. They stand apart from the
// code that carries them out so that each can be read, tested and (in a planted bug) replaced alone.
import type { CallKey } from '../wire/call-key.ts'
import { ERROR_CODES } from '../wire/error-codes.ts'
import type { Outcome } from './events.ts'
import type { FailureCause } from './try-end.ts'

/** How a call may be repeated: by its key, not after `unknown`, or freely because it changes nothing. */
export type Repeatability = 'keyed' | 'keyless' | 'harmless'

/** What the reply to an automatic resume said, and how often it was sent into this session. */
export interface ResumeReply {
  readonly outcome: Outcome
  /** The code in a store failure, where it was one. */
  readonly code: string | undefined
  readonly sent: number
}

export interface ProtocolRules {
  /**
   * Whether a reply (or notification) of a session still reaches the caller: until the first resume from that session
   * is sent. Without it: call K is sent on S0, S0 is copied into S1, K executes on S0 and its reply arrives; the caller
   * sees ok, S1 lacks it.
   */
  replyCounts(session: { readonly resume: 'unsent' | 'sent' }): boolean
  /**
   * What follows the reply to a resume. Only an `ok` confirms it; only a store that surely did nothing may be asked
   * again in the same session, and once, because another instance may still reach its store. Without it: a failed
   * resume is taken for done and acknowledged calls are lost; or an unknown one is sent again, its second copy
   * succeeds, a write on S1 is acknowledged, and the first copy lands late and overwrites it.
   */
  afterResume(reply: ResumeReply): 'confirm' | 'again' | 'abandon'
  /**
   * The session that a fresh one resumes from: the last confirmed to hold the state, not the last opened. Without it
   * the client resumes from an id that never got the state: acknowledged calls are lost.
   */
  resumeFrom<S>(sessions: { readonly confirmed: S; readonly opened: S }): S
  /**
   * Whether calls may be sent on a session: not before its resume is confirmed. Without it a write on S1 is
   * acknowledged, then the copy of S0 overwrites it.
   */
  usable(session: 'opened' | 'confirmed'): boolean
  /**
   * Whether the old session may be DELETEd: not before the resume from it is confirmed. Without it, on servers whose
   * DELETE ends the state too, there is nothing left to resume from.
   */
  mayDelete(resume: 'sent' | 'confirmed'): boolean
  /**
   * The key of a call's next try: the one of its first. Without it a call whose reply was lost is executed twice.
   */
  keyOfNextTry(first: CallKey, take: () => CallKey): CallKey
  /**
   * Whether a call that ended so will never be sent again, and its record may go. `unknown` too: the caller has been
   * told. Without it the mark stands still at the first unknown call, and records grow for ever.
   */
  acknowledged(outcome: Outcome): boolean
  /** Whether a failed call may be sent again at all. Without it a call without a key is executed twice. */
  mayRepeat(call: { readonly repeatability: Repeatability; readonly outcome: 'fail' | 'unknown' }): boolean
  /**
   * Where a failed call goes next: after a first lost connection to the session that it has, since that is most likely
   * alive (without it each hiccup costs a copy of the state); else to a new one; nowhere where repeating cannot help.
   */
  whereNext(failure: {
    readonly cause: FailureCause
    readonly lossesHere: number
  }): 'same session' | 'new session' | 'nowhere'
}

/** The rules that a breadth-first search over calls, resumes and lost messages found to be needed. */
export const PROTOCOL_RULES: ProtocolRules = {
  replyCounts: (session) => session.resume === 'unsent',
  afterResume({ outcome, code, sent }) {
    if (outcome === 'ok') return 'confirm'
    return code === ERROR_CODES.storeUnavailable && sent < 2 ? 'again' : 'abandon'
  },
  resumeFrom: ({ confirmed }) => confirmed,
  usable: (session) => session === 'confirmed',
  mayDelete: (resume) => resume === 'confirmed',
  keyOfNextTry: (first) => first,
  acknowledged: () => true,
  mayRepeat: ({ repeatability, outcome }) => outcome === 'fail' || repeatability !== 'keyless',
  whereNext({ cause, lossesHere }) {
    switch (cause) {
      case 'connection':
        return lossesHere < 2 ? 'same session' : 'new session'
      case 'silence':
      case 'session':
      case 'server':
      case 'store':
      case 'resumed':
        return 'new session'
      case 'refused':
      case 'given up':
        return 'nowhere'
    }
  },
}
