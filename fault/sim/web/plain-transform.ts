// A TransformStream that takes what is piped into it chunk by chunk, as it is read at the other end.
import { type PlainController, PlainStream } from './plain-stream.ts'

export interface TransformController<Out> {
  readonly desiredSize: number | null
  enqueue(chunk: Out): void
  terminate(): void
  error(reason?: unknown): void
}

export interface Transformation<In, Out> {
  start?(controller: TransformController<Out>): unknown
  transform?(chunk: In, controller: TransformController<Out>): unknown
  flush?(controller: TransformController<Out>): unknown
}

export class PlainTransform<In = unknown, Out = unknown> implements TransformStream<In, Out> {
  readonly readable: PlainStream<Out>
  readonly #transformation: Transformation<In, Out>
  readonly #controller: TransformController<Out>
  #from: ReadableStreamDefaultReader<In> | undefined
  #writable: WritableStream<In> | undefined
  #given = 0

  constructor(transformation: Transformation<In, Out> = {}) {
    this.#transformation = transformation
    let out: PlainController<Out> | undefined
    this.readable = new PlainStream<Out>({
      start(controller) {
        out = controller
      },
      pull: () => this.#pump(),
      cancel: (reason) => this.#from?.cancel(reason),
    })
    this.#controller = {
      get desiredSize() {
        return out?.desiredSize ?? null
      },
      enqueue: (chunk) => {
        this.#given++
        out?.enqueue(chunk)
      },
      terminate: () => {
        out?.close()
        void this.#from?.cancel(new TypeError('Invalid state: TransformStream has been terminated')).catch(() => {})
      },
      error: (reason) => {
        out?.error(reason)
        void this.#from?.cancel(reason).catch(() => {})
      },
    }
    transformation.start?.(this.#controller)
  }

  /** For whoever writes into it and does not pipe. */
  get writable(): WritableStream<In> {
    this.#writable ??= new WritableStream<In>({
      write: (chunk) => this.#transform(chunk),
      close: () => this.#flush(),
      abort: (reason) => this.#controller.error(reason),
    })
    return this.#writable
  }

  /** Takes what this reader reads. */
  takeFrom(reader: ReadableStreamDefaultReader<In>): void {
    this.#from = reader
  }

  /** Reads until something comes out, or nothing more goes in. */
  async #pump(): Promise<void> {
    const before = this.#given
    while (this.#from && this.#given === before) {
      const { done, value } = await this.#from.read()
      if (done) {
        this.#from = undefined
        await this.#flush()
      } else await this.#transform(value)
    }
  }

  async #transform(chunk: In): Promise<void> {
    const { transform } = this.#transformation
    if (transform) await transform.call(this.#transformation, chunk, this.#controller)
    else throw new TypeError('a plain transform without `transform` passes nothing on')
  }

  async #flush(): Promise<void> {
    await this.#transformation.flush?.(this.#controller)
    this.#close()
  }

  #close(): void {
    if (this.readable.end === 'open') this.#controller.terminate()
  }
}

/** A TextDecoderStream for UTF-8. */
export class PlainTextDecoder extends PlainTransform<Uint8Array, string> {
  readonly encoding = 'utf-8'
  readonly fatal = false
  readonly ignoreBOM = false

  constructor() {
    const decoder = new TextDecoder()
    super({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true })
        if (text !== '') controller.enqueue(text)
      },
      flush(controller) {
        const rest = decoder.decode()
        if (rest !== '') controller.enqueue(rest)
      },
    })
  }
}
