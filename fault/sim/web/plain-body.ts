// The body of a plain message, carried as it was given: of bytes there is no stream, unless somebody asks for one.
import { byNodeStreams } from './node-streams.ts'
import { DISTURBED, PlainStream } from './plain-stream.ts'

/** Real, whatever the globals become. */
const NodeResponse = globalThis.Response

const decoder = new TextDecoder()

export type Content = ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null

/** Differs from Node's where nobody looks: its stream fills no buffers of its reader. */
export abstract class PlainBody {
  abstract readonly headers: Headers
  #content: Content
  /** Whether its bytes were taken without a stream. */
  #isTaken = false

  /** Bytes are its own from now on. */
  constructor(content: Content) {
    this.#content = content
  }

  get bodyUsed(): boolean {
    return this.#isTaken || (isStream(this.#content) && Reflect.get(this.#content, DISTURBED) === true)
  }

  /** All of it, for whoever passes it on; nothing where it is a stream. */
  get whole(): Uint8Array | undefined {
    return this.#content instanceof Uint8Array && !this.#isTaken ? this.#content : undefined
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#content instanceof Uint8Array) {
      this.#content = streamOf(this.#content)
      // As a reader leaves it that has read it all.
      if (this.#isTaken) void this.#content.getReader().cancel()
    }
    return this.#content
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.#mustBeUnused('Body is unusable: Body has already been read')
    if (this.#content === null) return new Uint8Array()
    if (isStream(this.#content)) return readAll(this.#content)
    this.#isTaken = true
    return this.#content
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async text(): Promise<string> {
    return decoder.decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async blob(): Promise<Blob> {
    return (await this.#toNode()).blob()
  }

  async formData(): Promise<FormData> {
    return (await this.#toNode()).formData()
  }

  /** The same for another message. */
  protected copied(): Content {
    this.#mustBeUnused('Body is unusable: Body has already been consumed')
    const [own = null, other = null] = this.body?.tee() ?? []
    this.#content = own
    return other
  }

  #mustBeUnused(otherwise: string): void {
    if (this.bodyUsed || (isStream(this.#content) && this.#content.locked)) throw new TypeError(otherwise)
  }

  async #toNode(): Promise<Response> {
    const bytes = await this.bytes()
    return byNodeStreams(() => new NodeResponse(bytes, { headers: [...this.headers] }))
  }
}

function isStream(content: Content): content is ReadableStream<Uint8Array<ArrayBuffer>> {
  return content !== null && !(content instanceof Uint8Array)
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): PlainStream<Uint8Array<ArrayBuffer>> {
  return new PlainStream({
    type: 'bytes',
    pull(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes)
      controller.close()
    },
  })
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!(part.value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk')
    chunks.push(part.value)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
