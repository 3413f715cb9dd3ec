// A client for tests that speaks plain HTTP and JSON-RPC to the function that answers requests, so that tests see what
// is on the wire and not what a client library makes of it.
import { type App, type AppOptions, createApp } from './app.ts'
import type { SessionStore } from './store/contract.ts'
import { MemorySessionStore } from './store/memory.ts'
import { TestClock } from './test-clock.ts'

export const ENDPOINT = 'http://127.0.0.1:8000/mcp'
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  host: '127.0.0.1:8000',
}

/** What a tool or another request is answered; tests look only for what they expect. */
interface Result {
  readonly isError?: boolean
  readonly content: readonly { readonly type: string; readonly text: string }[]
  readonly contents: readonly { readonly text: string; readonly mimeType: string }[]
  readonly structuredContent: Readonly<{
    counter?: number
    notes_count?: number
    items_processed?: number
    keys_copied?: number
    changes?: readonly object[]
    error?: { readonly code: string; readonly message: string }
  }>
  readonly protocolVersion: string
  readonly tools: readonly Readonly<{ name: string; description: string; inputSchema: object; outputSchema?: object }>[]
  readonly resources: readonly object[]
  readonly resourceTemplates: readonly object[]
}

/** A JSON-RPC message as it came. */
export interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly params?: object
  readonly result: Result
  readonly error?: { readonly code: number; readonly message: string; readonly data?: object }
}

export const initialize = (params: object = {}): object => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' }, ...params },
})

export interface TestServer extends App {
  readonly clock: TestClock
  readonly store: SessionStore
}

/** A server on a memory store whose time jumps. Ids are s1, s2, ... */
export function testServer(options: Partial<AppOptions> = {}): TestServer {
  const clock = new TestClock()
  const store = options.store ?? new MemorySessionStore({ clock })
  let ids = 0
  const randomId = () => `s${++ids}`
  const app = createApp({ instance: 'i1', clock, randomId, ttlMs: 60_000, ...options, store })
  return { ...app, clock, store }
}

/** One POST of a JSON body; what is undefined in `headers` is left out. */
export function post(
  server: App,
  body: unknown,
  headers: Record<string, string | undefined> = {},
  signal?: AbortSignal,
) {
  const sent = Object.entries({ ...HEADERS, ...headers }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return server.handle(new Request(ENDPOINT, { method: 'POST', headers: sent, body: text, signal: signal ?? null }))
}

/** Every message of a stream, in order. */
export async function messages(response: Response): Promise<Message[]> {
  const text = await response.text()
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))
}

/** A session that is open. */
export interface TestSession {
  readonly id: string
  post(body: unknown, signal?: AbortSignal): Promise<Response>
  request(method: string, params?: object): Promise<Message>
  /** The result of a tool. */
  tool(name: string, args?: object, meta?: object): Promise<Result>
  /** Every message that a tool sends, its result last. */
  stream(name: string, args?: object, meta?: object): Promise<Message[]>
}

export async function openSession(server: App): Promise<TestSession> {
  const answer = await post(server, initialize())
  await answer.text()
  const id = answer.headers.get('mcp-session-id') ?? ''
  let requests = 0
  const send: TestSession['post'] = (body, signal) => post(server, body, { 'mcp-session-id': id }, signal)
  const exchange = async (method: string, params: object) => {
    requests += 1
    return messages(await send({ jsonrpc: '2.0', id: requests, method, params }))
  }
  const stream: TestSession['stream'] = (name, args = {}, meta = {}) =>
    exchange('tools/call', { name, arguments: args, _meta: meta })
  return {
    id,
    post: send,
    stream,
    request: async (method, params = {}) => last(await exchange(method, params)),
    tool: async (...call) => last(await stream(...call)).result,
  }
}

/** The message that a stream ended with. */
export function last(sent: readonly Message[]): Message {
  const message = sent.at(-1)
  if (message === undefined) throw new Error('The stream ended without a message')
  return message
}
