// Lets one SDK client speak on many sessions: each message goes out in the exchange that was made for it. So handlers,
// request ids and known tools outlive every session, and no id is ever used twice.
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import { Exchange, type ExchangeOptions, type ExchangeSettings } from './exchange.ts'
import type { Session } from './session.ts'

const CLOSED = { kind: 'failed', outcome: 'unknown', cause: 'given up', reason: 'the client was closed' } as const

export class SessionTransport implements Transport {
  onmessage?: Transport['onmessage']
  onclose?: Transport['onclose']
  onerror?: Transport['onerror']
  /** Being there, it tells the SDK's client to leave the `initialize` of each session to us. */
  readonly sessionId = 'one for each exchange'
  readonly #settings: ExchangeSettings & { readonly silenceMs: number }
  readonly #open = new Set<Exchange>()
  readonly #prepared = new Map<RequestId, { exchange: Exchange; session: Session | undefined }>()
  /** Where a request of the server came from: its answer must go back to the same session. */
  readonly #asked = new Map<RequestId, Session>()
  #lastRoute = 0

  constructor(settings: ExchangeSettings & { readonly silenceMs: number }) {
    this.#settings = settings
  }

  async start(): Promise<void> {}

  /** Prepares the exchange for one message; that message is to be sent with `route` as its `relatedRequestId`. */
  exchange(options: ExchangeOptions): { readonly exchange: Exchange; readonly route: RequestId } {
    const route = ++this.#lastRoute
    const onReleased = () => {
      this.#prepared.delete(route)
      this.#open.delete(exchange)
    }
    const exchange = new Exchange(this.#settings, { ...options, onReleased })
    this.#prepared.set(route, { exchange, session: options.session })
    this.#open.add(exchange)
    return { exchange, route }
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const prepared = this.#prepared.get(options?.relatedRequestId ?? '') ?? this.#answer(message)
    const { exchange, session } = prepared
    await exchange.send(message, (incoming) => {
      if (session && 'method' in incoming && 'id' in incoming) this.#asked.set(incoming.id, session)
      this.onmessage?.(incoming)
    })
  }

  /** Ends every exchange, also those that were answered and wait for the end of their stream only. */
  async close(): Promise<void> {
    for (const exchange of this.#open) exchange.abort(CLOSED)
    this.onclose?.()
  }

  #answer(message: JSONRPCMessage): { exchange: Exchange; session: Session } {
    const id = 'method' in message ? undefined : message.id
    const session = id === undefined ? undefined : this.#asked.get(id)
    if (id === undefined || session === undefined) {
      throw new Error(`No exchange was prepared for this message: ${JSON.stringify(message).slice(0, 200)}`)
    }
    this.#asked.delete(id)
    const { exchange } = this.exchange({ session, silenceMs: this.#settings.silenceMs })
    return { exchange, session }
  }
}
