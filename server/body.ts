// Reads a POST's body once, within its limit, and tells what is in it before the SDK sees it.

import { isJsonContentType } from '@modelcontextprotocol/sdk/shared/mediaType.js'
import { isInitializeRequest, isJSONRPCRequest, type RequestId } from '@modelcontextprotocol/sdk/types.js'
import { badRequest, refusal } from './answers.ts'

const MAX_BODY_BYTES = 1024 * 1024

/** The body's messages; an array is a batch. */
export type Body =
  | { readonly kind: 'read'; readonly value: unknown; readonly messages: readonly unknown[] }
  | { readonly kind: 'refused'; readonly answer: Response }

/** Parses the JSON body of a POST, or says why not. */
export async function readBody(request: Request): Promise<Body> {
  const accept = request.headers.get('accept') ?? ''
  if (!accept.includes('application/json') || !accept.includes('text/event-stream')) {
    return refused(refusal(406, -32000, 'Client must accept both application/json and text/event-stream'))
  }
  if (!isJsonContentType(request.headers.get('content-type'))) {
    return refused(refusal(415, -32000, 'Content-Type must be application/json'))
  }
  const text = await readText(request)
  if (text === undefined) return refused(refusal(413, -32000, `Body must not exceed ${MAX_BODY_BYTES} bytes`))
  try {
    const value: unknown = JSON.parse(text)
    return { kind: 'read', value, messages: Array.isArray(value) ? value : [value] }
  } catch {
    return refused(refusal(400, -32700, 'Parse error: invalid JSON'))
  }
}

/** The ids of the calls among the messages, or why they cannot be served. */
export function callIds(messages: readonly unknown[], isRunning: (id: RequestId) => boolean): RequestId[] | Response {
  const ids = messages.filter(isCall).map((call) => call.id)
  const twice = ids.find((id, index) => isRunning(id) || ids.indexOf(id) !== index)
  return twice === undefined ? ids : badRequest(`JSON-RPC id ${JSON.stringify(twice)} is already in flight`)
}

export type Initialize = 'none' | 'valid' | 'invalid'

/** Whether the messages open a session: one request with good params and nothing beside it. */
export function initializeIn(messages: readonly unknown[]): Initialize {
  const opening = messages.filter((message) => hasMethod(message) && message.method === 'initialize')
  if (opening.length === 0) return 'none'
  const [only] = opening
  return messages.length === 1 && isJSONRPCRequest(only) && isInitializeRequest(only) ? 'valid' : 'invalid'
}

function hasMethod(message: unknown): message is { readonly method: unknown } {
  return typeof message === 'object' && message !== null && 'method' in message
}

// Cheaper than the SDK's schema, which all messages meet next: what only looks like a call is refused there.
function isCall(message: unknown): message is { readonly id: RequestId } {
  if (!hasMethod(message) || !('id' in message)) return false
  return typeof message.id === 'string' || typeof message.id === 'number'
}

function refused(answer: Response): Body {
  return { kind: 'refused', answer }
}

// With a length that is known and small the body is read in one go; a chunked one is counted as it comes.
async function readText(request: Request): Promise<string | undefined> {
  const length = request.headers.get('content-length')
  if (length !== null) return Number(length) <= MAX_BODY_BYTES ? request.text() : undefined
  if (request.body === null) return ''
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_BODY_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
