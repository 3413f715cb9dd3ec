// What becomes of a request whose try has failed: it is sent again, to the same server or to another, at once or after a
// pause; or its client is told, by an answer or by the end of its connection. As HAProxy 2.6 does.
import type { ErrorStatus } from './error-page.ts'
import { type Failure, reasonOf } from './failure.ts'
import type { ServerState } from './health.ts'
import type { ProxySettings } from './proxy.ts'

export interface Attempt {
  /** How often it was sent again so far. */
  readonly retries: number
  /** Whether its session chose the server. */
  readonly chosenBy: 'session' | 'balance'
  /** How the first try failed to connect: what the client is told follows it. */
  readonly unconnected: 'refused' | 'connect-timeout' | undefined
  /** How far this try came. */
  readonly progress: 'connecting' | 'sent'
}

export interface Circumstances {
  /** After what the failure did to it. */
  readonly server: ServerState
  /** How many servers of the backend are usable. */
  readonly usable: number
  /** Whether it is the first request on its client's connection. */
  readonly onConnection: 'first' | 'later'
  /** Whether the balancer still has the whole request: it must have come whole, and fit into a buffer of 16 KiB. */
  readonly request: 'at hand' | 'passed on'
}

export type Next =
  /** `choose`: it goes to whichever server is next, the one that failed avoided. */
  | { readonly does: 'retry' | 'choose'; readonly afterMs: number; readonly attempt: Attempt }
  | { readonly does: 'answer'; readonly status: ErrorStatus }
  /** The answer of the server goes to the client as it is. */
  | { readonly does: 'forward' }
  /** The client's connection is closed without a word. */
  | { readonly does: 'close' }

const MOST_PAUSE_MS = 1_000

export const firstAttempt = (chosenBy: Attempt['chosenBy']): Attempt => ({
  retries: 0,
  chosenBy,
  unconnected: undefined,
  progress: 'connecting',
})

export function afterFailure(
  attempt: Attempt,
  failure: Failure,
  settings: ProxySettings,
  circumstances: Circumstances,
): Next {
  const unconnected = failure === 'refused' || failure === 'connect-timeout' ? failure : undefined
  const failed = { ...attempt, unconnected: attempt.unconnected ?? unconnected }
  const reason = reasonOf(failure)
  const isAtHand = reason === 'conn-failure' || circumstances.request === 'at hand'
  if (reason === undefined || !settings.retryOn.includes(reason) || !isAtHand || attempt.retries >= settings.retries)
    return told(failed, failure, settings, circumstances)
  const again = { ...failed, retries: attempt.retries + 1, progress: 'connecting' } as const
  const goes = isRedispatched(again, settings, circumstances) ? 'choose' : 'retry'
  const isPaused = failure === 'refused' && (goes === 'retry' || circumstances.usable <= 1)
  const afterMs = isPaused ? Math.min(MOST_PAUSE_MS, settings.timeouts.connect ?? MOST_PAUSE_MS) : 0
  return { does: goes, afterMs, attempt: goes === 'choose' ? { ...again, chosenBy: 'balance' } : again }
}

function isRedispatched(
  { retries, chosenBy }: Attempt,
  settings: ProxySettings,
  circumstances: Circumstances,
): boolean {
  const { redispatch } = settings
  if (redispatch === undefined) return false
  if (circumstances.server === 'down') return true
  const interval = redispatch < 0 ? settings.retries + 1 + redispatch : redispatch
  if (redispatch !== 0 && retries % interval === 0) return true
  return chosenBy === 'balance' && circumstances.usable > 1
}

/** What the client learns in the end. */
function told(
  { unconnected, progress }: Attempt,
  failure: Failure,
  { abortOnClose }: ProxySettings,
  { onConnection }: Circumstances,
): Next {
  const lost: Next = onConnection === 'first' ? { does: 'answer', status: 502 } : { does: 'close' }
  if (typeof failure === 'object') return { does: 'forward' }
  switch (failure) {
    case 'stale-connection':
      return { does: 'close' }
    case 'refused':
    case 'connect-timeout':
      if (unconnected === 'connect-timeout' && onConnection === 'later') return { does: 'close' }
      return { does: 'answer', status: 503 }
    case 'closed':
      return lost
    case 'invalid-response':
      return { does: 'answer', status: 502 }
    case 'response-timeout':
      return { does: 'answer', status: 504 }
    case 'shut-down':
      if (progress === 'sent') return lost
      return abortOnClose ? { does: 'close' } : { does: 'answer', status: 502 }
  }
}
