// One protocol session: the SDK's server on its transport, and the timer that ends it when nobody uses it. Ending it
// does not touch its state, which stays in the store until its own deadline.
import type { Clock } from '../wire/clock.ts'
import { badRequest } from './answers.ts'
import { type Body, callIds, initializeIn } from './body.ts'
import { CallTransport } from './call-transport.ts'
import { createMcpServer } from './mcp-server.ts'
import type { SessionStore } from './store/contract.ts'
import type { Host } from './tools/tool.ts'

export interface ProtocolSessionOptions {
  readonly id: string
  readonly store: SessionStore
  readonly host: Host
  readonly ttlMs: number
  readonly keepAliveMs: number
  readonly clock: Clock
  onClosed(): void
  /** The change in how many calls run. */
  onCalls(change: number): void
}

type ReadBody = Extract<Body, { kind: 'read' }>

export class ProtocolSession {
  readonly #transport: CallTransport
  readonly #clock: Clock
  readonly #ttlMs: number
  #lastUse: number
  #cancelIdle: () => void
  #running = 0

  private constructor(options: ProtocolSessionOptions) {
    this.#clock = options.clock
    this.#ttlMs = options.ttlMs
    this.#lastUse = options.clock.now()
    this.#transport = new CallTransport({
      sessionId: options.id,
      keepAliveMs: options.keepAliveMs,
      onActivity: (running) => {
        this.#lastUse = this.#clock.now()
        options.onCalls(running - this.#running)
        this.#running = running
      },
    })
    this.#transport.onclose = () => {
      this.#cancelIdle()
      options.onClosed()
    }
    this.#cancelIdle = this.#watchIdle(this.#ttlMs)
  }

  /** A session whose server waits for its initialize. */
  static async open(options: ProtocolSessionOptions): Promise<ProtocolSession> {
    const session = new ProtocolSession(options)
    const { store, ttlMs, host } = options
    await createMcpServer({ transport: session.#transport, store, ttlMs, host }).connect(session.#transport)
    return session
  }

  /** Answers the POST that opens the session. */
  initialize(request: Request, body: ReadBody): Promise<Response> {
    return this.#post(request, body)
  }

  /** Answers any later POST. */
  async post(request: Request, body: ReadBody): Promise<Response> {
    this.#lastUse = this.#clock.now()
    return initializeIn(body.messages) === 'none'
      ? this.#post(request, body)
      : badRequest('The session is already initialized')
  }

  /** Answers a GET, which opens the standalone stream, or a DELETE, which ends the session. */
  handle(request: Request): Promise<Response> {
    this.#lastUse = this.#clock.now()
    return this.#transport.handle(request)
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #post(request: Request, body: ReadBody): Promise<Response> {
    const ids = callIds(body.messages, (id) => this.#transport.isRunning(id))
    return ids instanceof Response ? ids : this.#transport.post(request, body.value, ids)
  }

  // One timer a session, set again for what is left when it finds that the session was used.
  #watchIdle(ms: number): () => void {
    return this.#clock.after(ms, () => {
      const left = this.#running > 0 ? this.#ttlMs : this.#lastUse + this.#ttlMs - this.#clock.now()
      if (left > 0) this.#cancelIdle = this.#watchIdle(left)
      else void this.close()
    })
  }
}
