// The one SDK client behind all sessions, and how a request is sent through it as one exchange that can be given up.
import { Client, type ClientOptions } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { Implementation } from '@modelcontextprotocol/sdk/types.js'
import type { Exchange, ExchangeOptions, ExchangeSettings } from './exchange.ts'
import { SessionTransport } from './session-transport.ts'

/** The SDK's own timeout is put out of the way: the largest that a timer takes. Ours are on the injected clock. */
const NEVER_MS = 2 ** 31 - 1

export interface LinkSettings extends ExchangeSettings {
  readonly silenceMs: number
  readonly clientInfo: Implementation
  readonly clientOptions: ClientOptions
}

export interface Sent<R> {
  readonly exchange: Exchange
  /** The parsed reply. Settles only where the exchange was answered, or rejects with it. */
  readonly value: Promise<R>
}

export class Link {
  readonly client: Client
  readonly #transport: SessionTransport

  constructor(settings: LinkSettings) {
    this.client = new Client(settings.clientInfo, settings.clientOptions)
    this.#transport = new SessionTransport(settings)
    // Resolves without I/O: the transport has nothing to start, and sessions are opened apart from it.
    void this.client.connect(this.#transport)
  }

  /** Sends what `request` asks of the SDK's client, as one exchange. Never rejects: the exchange tells how it ended. */
  send<R>(options: ExchangeOptions, request: (client: Client, options: RequestOptions) => Promise<R>): Sent<R> {
    const { exchange, route } = this.#transport.exchange(options)
    const value = request(this.client, { relatedRequestId: route, timeout: NEVER_MS })
    value.catch(notSent(exchange))
    return { exchange, value }
  }

  /** Sends a notification as one exchange. */
  notify(options: ExchangeOptions, method: string): Exchange {
    const { exchange, route } = this.#transport.exchange(options)
    this.client.notification({ method }, { relatedRequestId: route }).catch(notSent(exchange))
    return exchange
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

/** A rejection of the SDK's client. Only where the message was never sent has its exchange not ended by then. */
function notSent(exchange: Exchange): (error: unknown) => void {
  return (error) => {
    const reason = `not sent: ${error instanceof Error ? error.message : String(error)}`
    exchange.fail({ kind: 'failed', outcome: 'fail', cause: 'refused', reason })
  }
}
