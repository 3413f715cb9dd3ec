// A Response without the machinery of Node's own. What is seldom used is left to that.
import { byNodeStreams } from './node-streams.ts'
import { type Content, PlainBody } from './plain-body.ts'
import { PlainHeaders } from './plain-headers.ts'
import { PlainStream } from './plain-stream.ts'

/** Real, whatever the globals become. */
const NodeResponse = globalThis.Response

const encoder = new TextEncoder()

type Body = ConstructorParameters<typeof Response>[0]
type Init = NonNullable<ConstructorParameters<typeof Response>[1]>

/** Differs from Node's where nobody looks: what it is made of is not checked, as a status that does not exist. */
export class PlainResponse extends PlainBody implements Response {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly type = 'default'
  readonly url = ''
  readonly redirected = false

  constructor(body?: Body, { status = 200, statusText = '', headers }: Init = {}) {
    const { content, type } = contentOf(body)
    super(content)
    this.status = status
    this.statusText = statusText
    this.headers = new PlainHeaders(headers)
    if (type !== undefined && !this.headers.has(TYPE)) this.headers.set(TYPE, type)
  }

  static json(data: unknown, init: Init = {}): PlainResponse {
    const headers = new PlainHeaders(init.headers)
    if (!headers.has(TYPE)) headers.set(TYPE, 'application/json')
    return new PlainResponse(JSON.stringify(data), { ...init, headers })
  }

  static readonly error = NodeResponse.error
  static readonly redirect = NodeResponse.redirect

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  clone(): PlainResponse {
    const { status, statusText, headers } = this
    return new PlainResponse(this.copied(), { status, statusText, headers })
  }
}

const TYPE = 'content-type'

function contentOf(body: Body): { readonly content: Content; readonly type?: string | undefined } {
  if (body === null || body === undefined) return { content: null }
  if (isStream(body)) return { content: body }
  if (typeof body === 'string') return { content: encoder.encode(body), type: 'text/plain;charset=UTF-8' }
  if (body instanceof Uint8Array) return { content: new Uint8Array(body) }
  const whole = byNodeStreams(() => new NodeResponse(body))
  return { content: whole.body && plainStreamOf(whole.body), type: whole.headers.get(TYPE) ?? undefined }
}

/** What plain transforms can be piped to. */
function plainStreamOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): PlainStream<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader()
  return new PlainStream({
    type: 'bytes',
    async pull(controller) {
      const part = await reader.read()
      if (part.done) controller.close()
      else controller.enqueue(part.value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function isStream(body: NonNullable<Body>): body is ReadableStream<Uint8Array<ArrayBuffer>> {
  return typeof body === 'object' && 'getReader' in body
}
