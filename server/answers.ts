// Answers that need no session: JSON-RPC errors with an HTTP status, and plain JSON.
import { SESSION_NOT_FOUND } from '../wire/error-codes.ts'
import type { Json } from '../wire/json.ts'

export function jsonAnswer(status: number, body: Json): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** What a request that is not served gets; `code` is JSON-RPC's. */
export function refusal(status: number, code: number, message: string): Response {
  return jsonAnswer(status, { jsonrpc: '2.0', error: { code, message }, id: null })
}

export const badRequest = (message: string): Response => refusal(400, -32600, message)

export const sessionNotFound = (): Response => refusal(404, SESSION_NOT_FOUND, 'Session not found')
