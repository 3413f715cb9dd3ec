// One message and all that comes back for it. Each has an SDK transport of its own, so that giving it up aborts its
// fetch and nothing else, and nothing of it can arrive afterwards.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { Clock } from '../wire/clock.ts'
import { deferred } from './deferred.ts'
import type { Session } from './session.ts'
import { lastWords, SilenceWatch, withLastWords } from './silence.ts'
import { endOfFetchError, endOfResponse, endOfStatus, type FailedTry, type TryEnd } from './try-end.ts'

/** What every exchange of a client shares. */
export interface ExchangeSettings {
  readonly url: URL
  readonly fetch: FetchLike
  readonly clock: Clock
  readonly headers: Readonly<Record<string, string>> | undefined
}

export interface ExchangeOptions {
  /** Absent for the `initialize` that opens one. */
  readonly session?: Session
  /** After so long without a byte it has failed. */
  readonly silenceMs: number
  /** Asked at each message that arrives: whether it may still be passed on. */
  readonly counts?: () => boolean
  /** Told once, in the same turn in which it ends. */
  readonly onEnd?: (end: TryEnd) => void
  /** Told once, when it holds neither a connection nor a timer any more; an answered stream has an end of its own. */
  readonly onReleased?: () => void
}

/** The SDK must not go on with a broken stream by itself: the call is repeated as a whole. */
const NO_RECONNECTION = {
  initialReconnectionDelay: 0,
  maxReconnectionDelay: 0,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 0,
}

export class Exchange {
  readonly #settings: ExchangeSettings
  readonly #options: ExchangeOptions
  readonly #transport: StreamableHTTPClientTransport
  readonly #finish = deferred<TryEnd>()
  #deliver: ((message: JSONRPCMessage) => void) | undefined
  #watch: SilenceWatch | undefined
  #request: RequestId | undefined
  #end: TryEnd | undefined
  /** What it will have been if nothing better comes. */
  #suspicion: FailedTry | undefined
  #body: 'none' | 'event stream' = 'none'
  #released = false

  constructor(settings: ExchangeSettings, options: ExchangeOptions) {
    this.#settings = settings
    this.#options = options
    this.#transport = new StreamableHTTPClientTransport(settings.url, {
      fetch: (url, init) => this.#fetch(url, init),
      reconnectionOptions: NO_RECONNECTION,
      ...(settings.headers && { requestInit: { headers: settings.headers } }),
      ...(options.session && { sessionId: options.session.id }),
    })
    if (options.session) this.#transport.setProtocolVersion(options.session.server.protocolVersion)
    this.#transport.onmessage = (message) => this.#receive(message)
    options.session?.started(this)
  }

  /** How it ended. */
  get ended(): Promise<TryEnd> {
    return this.#finish.promise
  }

  /** The session id that the server's answer named. */
  get sessionId(): string | undefined {
    return this.#transport.sessionId
  }

  /** Sends the message; every message that comes back and counts goes to `deliver`. Never rejects. */
  async send(message: JSONRPCMessage, deliver: (message: JSONRPCMessage) => void): Promise<void> {
    if (this.#end) return
    this.#deliver = deliver
    this.#request = 'method' in message && 'id' in message ? message.id : undefined
    this.#watch = new SilenceWatch(this.#settings.clock, this.#options.silenceMs, () => this.#silent())
    try {
      await this.#transport.start()
      await this.#transport.send(message)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.fail(this.#suspicion ? { ...this.#suspicion, reason } : broken(reason))
    }
    if (this.#request === undefined) this.#answered({ kind: 'answered', outcome: 'ok', reason: 'accepted' })
    else if (this.#body === 'none') this.fail(broken('the reply held no answer'))
  }

  /** Ends it without an answer, aborting its fetch. Does nothing if it has ended. */
  fail(end: FailedTry): void {
    if (!this.#over(end)) return
    this.#release()
    void this.#transport.close()
    if (this.#request !== undefined) {
      // The protocol object above would wait for ever, or tell the server by one more request.
      this.#deliver?.({ jsonrpc: '2.0', id: this.#request, error: { code: -32000, message: end.reason } })
    }
  }

  /** Lets go of everything, answered or not. */
  abort(end: FailedTry): void {
    this.fail(end)
    this.#release()
    void this.#transport.close()
  }

  /** The server has said what it had to, be it a failure of its store. */
  #answered(end: TryEnd): void {
    // A stream keeps its watch: its end may still be lost.
    if (this.#over(end) && this.#body === 'none') this.#release()
  }

  #over(end: TryEnd): boolean {
    if (this.#end) return false
    this.#end = end
    this.#options.onEnd?.(end)
    this.#options.session?.ended(this)
    this.#finish.resolve(end)
    return true
  }

  #release(): void {
    if (this.#released) return
    this.#released = true
    this.#watch?.stop()
    this.#options.onReleased?.()
  }

  #silent(): void {
    const reason = `nothing was heard for ${this.#options.silenceMs} ms`
    this.abort(this.#suspicion ?? { kind: 'failed', outcome: 'unknown', cause: 'silence', reason })
  }

  #receive(message: JSONRPCMessage): void {
    const reason = lastWords(message)
    if (reason !== undefined) {
      this.#release()
      this.fail(broken(reason))
      return
    }
    if (this.#end || this.#options.counts?.() === false) return
    if (!('method' in message) && message.id === this.#request) this.#answered(endOfResponse(message))
    this.#deliver?.(message)
  }

  async #fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    // After `initialized` the SDK would open a standalone stream; this client has none.
    if (init?.method === 'GET') return new Response(null, { status: 405 })
    let response: Response
    try {
      response = await this.#settings.fetch(url, init)
    } catch (error) {
      this.#suspicion = endOfFetchError(error)
      throw new Error(this.#suspicion.reason, { cause: error })
    }
    this.#watch?.heard()
    if (!response.ok) this.#suspicion = endOfStatus(response.status, response.statusText)
    const events = response.headers.get('content-type')?.toLowerCase().startsWith('text/event-stream')
    if (!response.ok || !response.body || !events) return response
    this.#body = 'event stream'
    return new Response(
      withLastWords(response.body, () => this.#heard()),
      { status: response.status, headers: response.headers },
    )
  }

  #heard(): void {
    // Once answered, only the end of the stream is waited for: keep-alives do not make that wait longer.
    if (!this.#end) this.#watch?.heard()
  }
}

function broken(reason: string): FailedTry {
  return { kind: 'failed', outcome: 'unknown', cause: 'connection', reason }
}
