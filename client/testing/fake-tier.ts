// The network between a client and the fake server: notes each request, and hurts those that a test says.
import { z } from 'zod'
import { FakeServer } from './fake-server.ts'

/** A request as it left the client. */
export interface Arrival {
  readonly http: string
  /** The tool's name for a call, else the JSON-RPC method, else the HTTP method. */
  readonly what: string
  readonly session: string | undefined
  readonly id: string | number | undefined
  readonly params: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

/** What happens to one request; `serve` lets it through, once. */
export type Fault = (serve: () => Promise<Response>, arrival: Arrival) => Promise<Response>

const Body = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.looseObject({ name: z.string().optional() }).optional(),
})

export class FakeTier {
  readonly server = new FakeServer()
  readonly arrivals: Arrival[] = []
  #faults: { what: string; fault: Fault; lasting: boolean }[] = []

  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(url, init)
    const arrival = await arrivalOf(request, init.signal ?? new AbortController().signal)
    this.arrivals.push(arrival)
    const serve = () => this.server.serve(request)
    const found = this.#faults.find(({ what }) => what === arrival.what || what === 'anything')
    if (found && !found.lasting) this.#faults.splice(this.#faults.indexOf(found), 1)
    return untilAborted(found ? found.fault(serve, arrival) : serve(), arrival.signal)
  }

  /** The next request for `what` (a tool, a method, `anything`) meets this fault. */
  next(what: string, fault: Fault): void {
    this.#faults.push({ what, fault, lasting: false })
  }

  /** Every request for `what` meets this fault, until `heal`. */
  always(what: string, fault: Fault): void {
    this.#faults.push({ what, fault, lasting: true })
  }

  heal(): void {
    this.#faults = []
  }

  /** What was asked, in order: `what@session`. */
  get log(): string[] {
    return this.arrivals.map(({ what, session }) => (session === undefined ? what : `${what}@${session}`))
  }

  of(what: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.what === what)
  }
}

async function arrivalOf(request: Request, signal: AbortSignal): Promise<Arrival> {
  const text = await request.clone().text()
  const { id, method, params = {} } = Body.parse(text === '' ? {} : JSON.parse(text))
  const what = method === 'tools/call' ? (params.name ?? method) : (method ?? request.method)
  return { http: request.method, what, session: request.headers.get('mcp-session-id') ?? undefined, id, params, signal }
}

function untilAborted(response: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new DOMException('This operation was aborted', 'AbortError'))
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    response.then(resolve, reject)
  })
}

function fetchFailed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) })
}

export const refuse: Fault = async () => {
  throw fetchFailed('ECONNREFUSED')
}

/** The connection is reset before anything is executed. */
export const reset: Fault = async () => {
  throw fetchFailed('ECONNRESET')
}

/** Executed, but the connection is reset before its reply. */
export const loseReply: Fault = async (serve) => {
  await (await serve()).text()
  throw fetchFailed('ECONNRESET')
}

export const status =
  (code: number): Fault =>
  async () =>
    new Response('no', { status: code })

/** Never answered, and not executed. */
export const silence: Fault = () => new Promise<Response>(() => {})

/** Answered with this body as an event stream. */
export const eventStream =
  (body: (arrival: Arrival) => string): Fault =>
  async (_, arrival) =>
    new Response(body(arrival), { headers: { 'content-type': 'text/event-stream' } })

/** Executed, and its stream ends in the middle of the reply. */
export const breakStream: Fault = async (serve) => {
  const text = await (await serve()).text()
  return eventStream(() => text.slice(0, text.length / 2))(serve, NOBODY)
}

/** The tool error of a store that failed. */
export const storeError = (code: 'store_unavailable' | 'store_unknown'): Fault => {
  const structuredContent = { error: { code, message: 'the store failed' }, instance: 'x' }
  const result = { content: [{ type: 'text', text: '{}' }], structuredContent, isError: true }
  return eventStream(({ id }) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`)
}

export interface Held {
  readonly fault: Fault
  /** Lets the request through. */
  release(): void
}

/** Keeps a request on its way until it is released; it is then executed and answered, even where nobody listens. */
export function hold(): Held {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return { fault: (serve) => released.then(serve), release: () => release() }
}

const NOBODY: Arrival = {
  http: 'POST',
  what: '',
  session: undefined,
  id: undefined,
  params: {},
  signal: new AbortController().signal,
}
