// The idempotency key that a client sends with each tool call, as in RIFL (Lee et al., SOSP 2015): the server executes
// a call once however often it arrives, and forgets the records that the client's mark says nobody will ask for again.

/** Name of the key in a request's `_meta`. */
export const CALL_KEY_META = 'mcp-failproof/call'

/** Names one call of one client, the same over all its tries. */
export interface CallKey {
  /** A random 128-bit id in hexadecimal, one for each client. */
  readonly client: string
  /** Position of the call among the client's calls, from 1. */
  readonly seq: number
  /** Every seq below this one has ended for the caller and will not be sent again. */
  readonly acknowledgedBelow: number
}
