// The SDK's transport with what it lacks: it knows which calls run, ends a call that was cancelled or whose client has
// gone, and ends that call's stream. The SDK does neither, and never answers the first of two calls with one id.
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  CancelledNotificationSchema,
  type JSONRPCMessage,
  type MessageExtraInfo,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'

/** The calls of one POST, which share a stream. */
interface Exchange {
  /** Calls that somebody still waits for. */
  readonly waiting: Set<RequestId>
  /** Answers to calls that nobody waits for, held back while others use the stream. */
  readonly dropped: JSONRPCMessage[]
}

interface Call {
  readonly abort: AbortController
  readonly exchange: Exchange
}

export interface CallTransportOptions {
  readonly sessionId: string
  readonly keepAliveMs: number
  /** Told whenever a call has started or ended. */
  readonly onActivity: (running: number) => void
}

export class CallTransport implements Transport {
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  onmessage?: (<T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void) | undefined
  readonly sessionId: string
  readonly #inner: WebStandardStreamableHTTPServerTransport
  readonly #calls = new Map<RequestId, Call>()
  readonly #onActivity: (running: number) => void

  constructor({ sessionId, keepAliveMs, onActivity }: CallTransportOptions) {
    this.sessionId = sessionId
    this.#onActivity = onActivity
    this.#inner = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => sessionId, keepAliveMs })
    this.#inner.onmessage = (message, extra) => this.#receive(message, extra)
    this.#inner.onerror = (error) => this.onerror?.(error)
    this.#inner.onclose = () => this.#closed()
  }

  get running(): number {
    return this.#calls.size
  }

  /** Whether a call with that id is still running. */
  isRunning(id: RequestId): boolean {
    return this.#calls.has(id)
  }

  /** Aborts when nobody waits for that call any more. */
  signalOf(id: RequestId): AbortSignal {
    return this.#calls.get(id)?.abort.signal ?? AbortSignal.abort()
  }

  /** Answers a POST whose body holds the calls with those ids, all of them new. */
  async post(request: Request, body: unknown, ids: readonly RequestId[]): Promise<Response> {
    if (ids.length === 0) return this.#inner.handleRequest(request, { parsedBody: body })
    const exchange: Exchange = { waiting: new Set(ids), dropped: [] }
    for (const id of ids) this.#calls.set(id, { abort: new AbortController(), exchange })
    this.#onActivity(this.running)
    const clientGone = () => {
      for (const id of ids) this.#abandon(id, exchange)
    }
    if (request.signal.aborted) clientGone()
    request.signal.addEventListener('abort', clientGone, { once: true })
    const response = await this.#inner.handleRequest(request, { parsedBody: body })
    if (response.status !== 200) for (const id of ids) this.#settle(id)
    return response
  }

  /** Answers a GET or a DELETE. */
  handle(request: Request): Promise<Response> {
    return this.#inner.handleRequest(request)
  }

  start(): Promise<void> {
    return this.#inner.start()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('method' in message) {
      const about = options?.relatedRequestId
      // What a call still says after its end would be an error to the SDK.
      if (about === undefined) await this.#inner.send(message)
      else if (!this.signalOf(about).aborted) await this.#inner.send(message, { relatedRequestId: about })
      return
    }
    const call = message.id === undefined ? undefined : this.#calls.get(message.id)
    if (message.id === undefined || call === undefined) return
    const { exchange } = call
    try {
      if (call.abort.signal.aborted) exchange.dropped.push(message)
      else await this.#inner.send(message)
    } finally {
      exchange.waiting.delete(message.id)
      await this.#release(message.id, exchange)
      this.#settle(message.id)
    }
  }

  #receive(message: JSONRPCMessage, extra: MessageExtraInfo | undefined): void {
    if (!('method' in message) || message.method !== 'notifications/cancelled') {
      this.onmessage?.(message, extra)
      return
    }
    // Kept from the SDK, which forgets a cancelled call: its handler must still end here, and id 0 is an id.
    const id = CancelledNotificationSchema.safeParse(message).data?.params.requestId
    const call = id === undefined ? undefined : this.#calls.get(id)
    if (id !== undefined && call !== undefined) this.#abandon(id, call.exchange)
  }

  #abandon(id: RequestId, exchange: Exchange): void {
    const call = this.#calls.get(id)
    if (call?.exchange !== exchange) return
    call.abort.abort()
    exchange.waiting.delete(id)
    if (exchange.waiting.size === 0) this.#inner.closeSSEStream(id)
  }

  // Where nobody waits for the rest of a POST its stream ends, and the SDK gets the held answers to forget their calls.
  async #release(id: RequestId, exchange: Exchange): Promise<void> {
    if (exchange.waiting.size > 0 || exchange.dropped.length === 0) return
    this.#inner.closeSSEStream(id)
    for (const answer of exchange.dropped.splice(0)) await this.#inner.send(answer).catch(() => {})
  }

  #settle(id: RequestId): void {
    if (this.#calls.delete(id)) this.#onActivity(this.running)
  }

  #closed(): void {
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) call.abort.abort()
    if (calls.length > 0) this.#onActivity(0)
    this.onclose?.()
  }
}
