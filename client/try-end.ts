// How a try can end, and which outcome each thing that it may see stands for. The one place that knows the table.
import type { JSONRPCErrorResponse, JSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { ERROR_CODES } from '../wire/error-codes.ts'
import type { Outcome } from './events.ts'

/**
 * Why a try failed. `connection`: refused, reset, or its stream broke. `session`: the server does not hold it.
 * `server`: a 5xx. `refused`: repeating cannot help. `resumed`: its session was resumed by a new one meanwhile.
 * `given up`: the call's deadline, its signal, or the client's close.
 */
export type FailureCause =
  | 'connection'
  | 'silence'
  | 'session'
  | 'server'
  | 'store'
  | 'resumed'
  | 'refused'
  | 'given up'

export interface FailedTry {
  readonly kind: 'failed'
  readonly outcome: 'fail' | 'unknown'
  readonly cause: FailureCause
  readonly reason: string
  readonly status?: number
  /** The code of a store failure. */
  readonly code?: string
}

/** The server answered, and the caller gets the answer, be it an error. */
export interface AnsweredTry {
  readonly kind: 'answered'
  readonly outcome: Outcome
  readonly reason: string
}

export type TryEnd = AnsweredTry | FailedTry

/** Statuses that say "not now" of a request that was not read: as good as a lost connection. */
const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429])

export function endOfStatus(status: number, reason: string): FailedTry {
  const failed = (outcome: 'fail' | 'unknown', cause: FailureCause): FailedTry => ({
    kind: 'failed',
    outcome,
    cause,
    reason: `status ${status}: ${reason}`,
    status,
  })
  if (status === 404) return failed('fail', 'session')
  if (status === 503) return failed('fail', 'server')
  if (status >= 500) return failed('unknown', 'server')
  return failed('fail', NOT_NOW.has(status) ? 'connection' : 'refused')
}

/** A fetch that rejected: only a refused connection surely carried nothing. */
export function endOfFetchError(error: unknown): FailedTry {
  const refused = error instanceof Error && isRefused(error.cause)
  const reason = error instanceof Error ? causeChain(error) : String(error)
  return { kind: 'failed', outcome: refused ? 'fail' : 'unknown', cause: 'connection', reason }
}

const Coded = z.object({ code: z.string() })

/** Where a host name has several addresses, Node tries them all and gathers the errors: each must be a refusal. */
function isRefused(cause: unknown): boolean {
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isRefused)
  const coded = Coded.safeParse(cause)
  return coded.success && coded.data.code === 'ECONNREFUSED'
}

function causeChain(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${causeChain(error.cause)}` : error.message
}

const StoreFailure = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
const ToolError = z.object({ isError: z.literal(true), structuredContent: z.unknown().optional() })

/** JSON-RPC errors that a server answers with before it runs anything. */
const NOT_RUN: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32001, -32002])

export function endOfResponse(response: JSONRPCResultResponse | JSONRPCErrorResponse): TryEnd {
  if ('error' in response) {
    const { code, message, data } = response.error
    return (
      endOfStoreFailure(data) ?? {
        kind: 'answered',
        outcome: NOT_RUN.has(code) ? 'fail' : 'unknown',
        reason: `JSON-RPC error ${code}: ${message}`,
      }
    )
  }
  const { data: toolError } = ToolError.safeParse(response.result)
  if (!toolError) return { kind: 'answered', outcome: 'ok', reason: 'answered' }
  return endOfStoreFailure(toolError.structuredContent) ?? { kind: 'answered', outcome: 'fail', reason: 'tool error' }
}

function endOfStoreFailure(data: unknown): FailedTry | undefined {
  const parsed = StoreFailure.safeParse(data)
  if (!parsed.success) return undefined
  const { code, message } = parsed.data.error
  if (code !== ERROR_CODES.storeUnavailable && code !== ERROR_CODES.storeUnknown) return undefined
  const outcome = code === ERROR_CODES.storeUnavailable ? 'fail' : 'unknown'
  return { kind: 'failed', outcome, cause: 'store', code, reason: `${code}: ${message}` }
}
