// How a try of a request fails: what `retry-on` calls it, and what the passive checks hear of it.
import type { CallEvent } from './passive-health.ts'
import type { RetryReason } from './proxy.ts'

/** How a try failed. Each but the first three, and `shut-down` before it is sent, may have been executed. */
export type Failure =
  | 'refused'
  | 'connect-timeout'
  /** An idle connection that was used again had gone before anything of the request was sent on it. */
  | 'stale-connection'
  /** The connection was closed or reset after the request was sent, before the head of its response was complete. */
  | 'closed'
  | 'invalid-response'
  /** `timeout server` before the head of the response. */
  | 'response-timeout'
  /** An answer that `retry-on` may name. */
  | { readonly status: number }
  /** The server was marked down, and its calls are ended. */
  | 'shut-down'

/** Why it could be sent again. */
export function reasonOf(failure: Failure): RetryReason | undefined {
  if (typeof failure === 'object') return statusReason(failure.status)
  switch (failure) {
    case 'refused':
    case 'connect-timeout':
    case 'stale-connection':
      return 'conn-failure'
    case 'closed':
      return 'empty-response'
    case 'invalid-response':
      return 'junk-response'
    case 'response-timeout':
      return 'response-timeout'
    case 'shut-down':
      return undefined
  }
}

const STATUSES: readonly RetryReason[] = ['401', '403', '404', '408', '425', '500', '501', '502', '503', '504']
const statusReason = (status: number) => STATUSES.find((reason) => reason === `${status}`)

/** What the passive checks hear of it; nothing where a later request of a connection is lost, and where it is shut down. */
export function heardOf(failure: Failure, onConnection: 'first' | 'later'): CallEvent | undefined {
  if (typeof failure === 'object') return failure
  switch (failure) {
    case 'refused':
    case 'connect-timeout':
    case 'stale-connection':
      return 'not-connected'
    case 'closed':
      return onConnection === 'first' ? 'closed' : undefined
    case 'invalid-response':
      return 'invalid-response'
    case 'response-timeout':
      return 'timeout'
    case 'shut-down':
      return undefined
  }
}
