// What the errors of Redis and of its client mean: whether a command may have been executed, in words that say what is
// wrong. None of those errors goes on itself: ioredis hangs the command on it, and with it content, or a password.
import { StoreError } from './contract.ts'
import { UNFINISHED } from './step.lua.ts'

export const LATE = 'Redis did not answer in time'
export const NOT_CONNECTED = 'No connection to Redis'

// Redis answers with these before a script's first write; older versions put them inside an "ERR Error running script".
const REFUSALS =
  /(?:^|-)(?:OOM|READONLY|LOADING|NOSCRIPT|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|MISCONF|MASTERDOWN|NOREPLICAS|NOAUTH|NOPERM|WRONGPASS|BUSY) |The user executing the script can't /

const NOT_SENT = "Stream isn't writeable"

/** Where in which script an error arose: of no use to whoever reads the message. */
const SCRIPT_POSITION = / script: [0-9a-f]{40}, on @user_script:\d+\.?$/

/** A failure before anything was sent. */
export function unavailable(message: string): StoreError {
  return new StoreError('store_unavailable', message)
}

interface Failed {
  /** What the command does where it is executed. */
  readonly effect: 'none' | 'write'
  /** Who says so: an answer of Redis, or its client for want of one. */
  readonly from: 'Redis' | 'ioredis'
}

/** A command that was sent failed like this. */
export function storeError(error: unknown, { effect, from }: Failed): StoreError {
  const message = error instanceof Error ? error.message : String(error)
  const refused = from === 'Redis' && REFUSALS.test(message) && !message.includes(UNFINISHED)
  const code = effect === 'none' || refused || message.startsWith(NOT_SENT) ? 'store_unavailable' : 'store_unknown'
  return new StoreError(code, error instanceof Error ? worded(error) : message)
}

/** The message of an error, in words that need no knowledge of ioredis. */
export function worded(error: Error): string {
  if (error.name === 'MaxRetriesPerRequestError') return 'The connection to Redis closed before it answered'
  if (error.message === 'Command timed out') return LATE
  if (error.message.startsWith(NOT_SENT)) return NOT_CONNECTED
  // Of a host with several addresses: the error has no words of its own.
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ')
  }
  const [refusal = '', rest] = error.message.replace(SCRIPT_POSITION, '').split(`${UNFINISHED}: `)
  return rest === undefined ? refusal : `Redis gave up a write that it had begun: ${rest}`
}
