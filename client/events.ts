// What a client tells of its own doings, for logs and for the judge: each try of a call, each resume, each session
// given up. Times are milliseconds on the client's clock.
import type { CallKey } from '../wire/call-key.ts'

/** How a try or a call ended: `fail` was surely not executed, `unknown` may have been, or may yet be. */
export type Outcome = 'ok' | 'fail' | 'unknown'

export interface ClientEvents {
  /** A try of a call is about to be sent on `session`. `key` is absent where the client sends none. */
  attempt: { at: number; call: string; session: string; try: number; key?: CallKey }
  /**
   * That try ended, or was given up (`unknown`); the tries that a resume overtakes end before its `resuming` is told.
   * `reason` is for people, `status` the HTTP status of a failed try where there was one.
   */
  attemptEnded: {
    at: number
    call: string
    session: string
    try: number
    outcome: Outcome
    reason: string
    status?: number
  }
  /** An automatic resume is about to be sent on `to`. Sent again into the same `to`, it is told again. */
  resuming: { at: number; from: string; to: string; key?: CallKey }
  /** That resume was confirmed: the client holds `to` from now on. */
  resumed: { at: number; from: string; to: string; keysCopied: number }
  /**
   * A new session whose resume (or greeting) was not confirmed: no call is ever sent on it. That a session which held
   * the state was left for its successor is told by `resumed` alone.
   */
  abandoned: { at: number; session: string; reason: string }
  /** A call reached its deadline or was aborted, by its caller or by the client's close. */
  gaveUp: { at: number; call: string; outcome: 'fail' | 'unknown' }
  /** Something about the settings that will hurt one day. Told at `connect()`, and at a call whose own settings do it. */
  warning: { at: number; code: 'deadline_not_below_ttl'; message: string }
}

export type ClientEventName = keyof ClientEvents
