// What a caller can catch. Every call that ends without a result ends with one of these, and it says whether the call
// may have been executed.

/**
 * `deadline`: the call's time was up. `aborted`: its signal. `closed`: the client was closed. `unknown_outcome`: a call
 * without a key may have been executed, so it was not repeated. `refused`: an HTTP status that repeating cannot mend.
 * `rejected`: a JSON-RPC error, which is the `cause`. `invalid_result`: the result does not fit its schema.
 * `no_session`: the server opened a session without an id.
 */
export type CallErrorCode =
  | 'deadline'
  | 'aborted'
  | 'closed'
  | 'unknown_outcome'
  | 'refused'
  | 'rejected'
  | 'invalid_result'
  | 'no_session'

export interface CallErrorDetails {
  readonly code: CallErrorCode
  /** `fail`: surely not executed. `unknown`: it may have been, or may yet be. */
  readonly outcome: 'fail' | 'unknown'
  /** How many tries were sent. */
  readonly attempts: number
  readonly status?: number
  readonly cause?: unknown
}

/** A call that ended without a result. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: CallErrorCode
  readonly outcome: 'fail' | 'unknown'
  readonly attempts: number
  /** The HTTP status that ended it, where one did. */
  readonly status: number | undefined

  constructor(message: string, details: CallErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.outcome = details.outcome
    this.attempts = details.attempts
    this.status = details.status
  }
}

/** Opening a session failed in a way that no further try can mend. Calls turn it into their own {@link CallError}. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
  constructor(
    readonly code: CallErrorCode,
    message: string,
    readonly status?: number,
  ) {
    super(message)
  }
}
