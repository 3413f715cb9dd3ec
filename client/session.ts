// A session of the protocol as its client knows it: its id, what is in flight on it, and whether another session was
// made from it.
import type { InitializeResult } from '@modelcontextprotocol/sdk/types.js'
import type { Exchange } from './exchange.ts'

export class Session {
  readonly id: string
  /** What the server said of itself when it opened the session. */
  readonly server: InitializeResult
  /** Whether a resume from this session has been sent, confirmed or not. */
  resume: 'unsent' | 'sent' = 'unsent'
  readonly #inFlight = new Set<Exchange>()
  #idle: (() => void) | undefined

  constructor(id: string, server: InitializeResult) {
    this.id = id
    this.server = server
  }

  get inFlight(): ReadonlySet<Exchange> {
    return this.#inFlight
  }

  started(exchange: Exchange): void {
    this.#inFlight.add(exchange)
  }

  ended(exchange: Exchange): void {
    this.#inFlight.delete(exchange)
    if (this.#inFlight.size === 0) this.#idle?.()
  }

  /** Runs `callback` once nothing is in flight, at once if nothing is. */
  whenIdle(callback: () => void): void {
    this.#idle = () => {
      this.#idle = undefined
      callback()
    }
    if (this.#inFlight.size === 0) this.#idle()
  }
}
