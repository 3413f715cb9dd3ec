// A request as its handler sees it: a web Request without the machinery of Node's own, which takes longer to make than a
// whole call takes in the simulation. What a handler reads of a request that arrived is here; the rest says so.
import type { RequestPiece } from '../http/message.ts'
import { type Content, PlainBody } from './plain-body.ts'
import { PlainHeaders } from './plain-headers.ts'

type Arrived = Pick<RequestPiece, 'method' | 'target' | 'headers' | 'body'>

/**
 * Differs from Node's where nobody looks: its method and headers are not checked, and its signal is the one that it was
 * given, not one that follows it.
 */
export class ArrivedRequest extends PlainBody implements Request {
  readonly method: string
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly cache = 'default'
  readonly credentials = 'same-origin'
  readonly destination = ''
  readonly duplex = 'half'
  readonly integrity = ''
  readonly isHistoryNavigation = false
  readonly isReloadNavigation = false
  readonly keepalive = false
  readonly mode = 'cors'
  readonly redirect = 'follow'
  readonly referrer = 'about:client'
  readonly referrerPolicy = ''
  readonly #target: string
  #url: string | undefined

  constructor({ method, target, headers, body }: Arrived, signal: AbortSignal, content = ownBytes(body)) {
    super(content)
    this.method = method
    this.headers = new PlainHeaders(headers)
    this.signal = signal
    this.#target = target
  }

  /** A target may name a host of its own, as the ones for a proxy do. */
  get url(): string {
    if (this.#url === undefined) {
      const isPath = this.#target.startsWith('/') || this.#target === ''
      this.#url = new URL(
        isPath ? `http://${this.headers.get('host') ?? 'localhost'}${this.#target}` : this.#target,
      ).href
    }
    return this.#url
  }

  clone(): ArrivedRequest {
    const { method, headers, signal } = this
    return new ArrivedRequest({ method, target: this.url, headers, body: undefined }, signal, this.copied())
  }
}

const ownBytes = (body: Uint8Array | undefined): Content => (body === undefined ? null : new Uint8Array(body))
