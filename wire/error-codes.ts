// Codes in `structuredContent.error.code` (tools) and `error.data.error.code` (resources): what a client may do next
// hangs on them, so both sides must spell them alike.

export const ERROR_CODES = {
  /** The store could not be used, and the call was surely not executed. */
  storeUnavailable: 'store_unavailable',
  /** The store did not answer in time: the call may have been executed. */
  storeUnknown: 'store_unknown',
  /** The call's seq lies below its client's mark: it was not executed now and has ended long ago. */
  stale: 'stale',
  /** The call's seq was used for another tool or other arguments. */
  keyReused: 'key_reused',
} as const

export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES]

/** JSON-RPC error code of a request for a session that the instance does not hold (with status 404). */
export const SESSION_NOT_FOUND = -32001
