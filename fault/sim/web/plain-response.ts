// A Response that carries its body as it was given: for a text there is no stream, unless somebody asks for one. What is
// seldom used is left to Node's own.
import { PlainHeaders } from './plain-headers.ts'
import { PlainStream } from './plain-stream.ts'

/** Real, whatever the globals become. */
const NodeResponse = globalThis.Response

type Body = ConstructorParameters<typeof Response>[0] | null
type Init = NonNullable<ConstructorParameters<typeof Response>[1]>

/** Of what this class itself can carry. */
type Content = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null

export class PlainResponse implements Response {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly type = 'default'
  readonly url = ''
  readonly redirected = false
  #content: Content
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined
  #isUsed = false

  constructor(body: Body = null, { status = 200, statusText = '', headers }: Init = {}) {
    this.status = status
    this.statusText = statusText
    this.headers = new PlainHeaders(headers)
    if (body === null || isStream(body)) this.#content = body
    else if (typeof body === 'string') {
      this.#content = new Uint8Array(Buffer.from(body))
      if (!this.headers.has('content-type')) this.headers.set('content-type', 'text/plain;charset=UTF-8')
    } else {
      const whole = new NodeResponse(body)
      whole.headers.forEach((value, name) => {
        if (!this.headers.has(name)) this.headers.set(name, value)
      })
      this.#content = whole.body
    }
  }

  static json(data: unknown, init: Init = {}): PlainResponse {
    const response = new PlainResponse(JSON.stringify(data), init)
    if (!new PlainHeaders(init.headers).has('content-type')) response.headers.set('content-type', 'application/json')
    return response
  }

  static readonly error = NodeResponse.error
  static readonly redirect = NodeResponse.redirect

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get bodyUsed(): boolean {
    return this.#isUsed
  }

  /** The whole body, where it is no stream: for whoever passes it on. */
  get whole(): Uint8Array | undefined {
    return this.#content instanceof Uint8Array ? this.#content : undefined
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#body === undefined) this.#body = streamOf(this.#content)
    return this.#body
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isUsed || this.#body?.locked) throw new TypeError('Body is unusable: Body has already been read')
    this.#isUsed = true
    if (this.#body === undefined && this.#content instanceof Uint8Array) return this.#content
    const chunks: Uint8Array[] = []
    const reader = this.body?.getReader()
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) chunks.push(part.value)
    return new Uint8Array(Buffer.concat(chunks))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' })
  }

  async formData(): Promise<FormData> {
    return new NodeResponse(await this.bytes(), { headers: [...this.headers] }).formData()
  }

  clone(): Response {
    if (this.#isUsed || this.#body?.locked) throw new TypeError('Response.clone: Body has already been consumed.')
    const { status, statusText, headers } = this
    if (this.#content === null || this.#content instanceof Uint8Array)
      return new PlainResponse(this.#content, { status, statusText, headers })
    const [one, other] = this.#content.tee()
    this.#content = one
    this.#body = undefined
    return new PlainResponse(other, { status, statusText, headers })
  }
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && 'getReader' in body
}

function streamOf(content: Content): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (content === null) return null
  const isWhole = content instanceof Uint8Array
  const reader = isWhole ? undefined : content.getReader
  if (reader !== undefined && isBytes(content)) return content
  return new PlainStream({
    start(controller) {
      if (content instanceof Uint8Array) controller.enqueue(content)
      controller.close()
    },
  })
}

/** Streams of bodies are streams of bytes. */
function isBytes(content: Content): content is ReadableStream<Uint8Array<ArrayBuffer>> {
  return content !== null && !(content instanceof Uint8Array)
}
