// A request as its handler sees it: a web Request without the machinery of Node's own, which takes longer to make than a
// whole call takes in the simulation. What a handler reads of a request that arrived is here; the rest says so.
import type { RequestPiece } from '../http/message.ts'

export class ArrivedRequest implements Request {
  readonly method: string
  readonly url: string
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
  readonly #bytes: Uint8Array<ArrayBuffer> | undefined
  #isUsed = false

  constructor({ method, target, headers, body }: RequestPiece, signal: AbortSignal) {
    this.method = method
    // A target may name a host of its own, as the ones for a proxy do.
    this.url =
      target.startsWith('/') || target === '' ? `http://${headers.get('host') ?? 'localhost'}${target}` : target
    this.headers = headers
    this.signal = signal
    this.#bytes = body && new Uint8Array(body)
  }

  get bodyUsed(): boolean {
    return this.#isUsed
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#whole().body
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#use().buffer
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#use()
  }

  async text(): Promise<string> {
    return Buffer.from(this.#use()).toString()
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  blob(): Promise<Blob> {
    return this.#whole().blob()
  }

  formData(): Promise<FormData> {
    return this.#whole().formData()
  }

  clone(): Request {
    return this.#whole()
  }

  /** Node's own, for whoever needs more of it. */
  #whole(): Request {
    const { method, headers, signal } = this
    const body = this.#bytes && { body: this.#bytes }
    return new Request(this.url, { method, headers, signal, ...body })
  }

  #use(): Uint8Array<ArrayBuffer> {
    if (this.#isUsed) throw new TypeError('Body is unusable: Body has already been read')
    this.#isUsed = true
    return this.#bytes ?? new Uint8Array()
  }
}
