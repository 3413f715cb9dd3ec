// Reads a POST's body once, within its limit, and tells what is in it before the SDK sees it.

import { isJsonContentType } from '@modelcontextprotocol/sdk/shared/mediaType.js'
import { isInitializeRequest, isJSONRPCRequest, type RequestId } from '@modelcontextprotocol/sdk/types.js'
import { badRequest, refusal } from './answers.ts'

const MAX_BODY_BYTES = 1024 * 1024

// A body that is too long is still read to its end, up to here: where its client is to close the connection, an answer
// given before that is lost with it.
const MAX_DISCARDED_BYTES = 32 * MAX_BODY_BYTES

// Far deeper than any call, and far from where a recursion over the parsed value, the SDK's or ours, would overflow the
// stack: in the middle of a batch that is a 400 for calls which are executed all the same.
const MAX_DEPTH = 500

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
  const bytes = await readBytes(request)
  if (bytes === undefined) return refused(refusal(413, -32000, `Body must not exceed ${MAX_BODY_BYTES} bytes`))
  try {
    // Fatal, because the replacement character would make one id of many that are no UTF-8.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    if (nestsTooDeep(text)) return refused(badRequest(`Body must not nest deeper than ${MAX_DEPTH} levels`))
    return { kind: 'read', value, messages: Array.isArray(value) ? value : [value] }
  } catch {
    return refused(refusal(400, -32700, 'Parse error: invalid JSON'))
  }
}

/** The ids of the calls among the messages, or why they cannot be served. */
export function callIds(messages: readonly unknown[], isRunning: (id: RequestId) => boolean): RequestId[] | Response {
  const ids = messages.filter(isCall).map((call) => call.id)
  const seen = new Set<RequestId>()
  const twice = ids.find((id) => isRunning(id) || seen.size === seen.add(id).size)
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
async function readBytes(request: Request): Promise<Uint8Array | undefined> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (length <= MAX_BODY_BYTES) return new Uint8Array(await request.arrayBuffer())
  if (length > MAX_DISCARDED_BYTES) return undefined
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    if (bytes > MAX_DISCARDED_BYTES) break
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined
}

// Counts brackets in a text that is known to be JSON. One shorter than its brackets would be needs no look.
function nestsTooDeep(json: string): boolean {
  if (json.length <= MAX_DEPTH) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]
    if (character === '"') inString = !inString
    else if (inString) at += character === '\\' ? 1 : 0
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}
