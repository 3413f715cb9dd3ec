// A TransformStream by plain means: what is piped into it is read, transformed and read again, with no stream in between.
import type { PlainReader } from './plain-reader.ts'
import type { SourceController } from './plain-source.ts'
import { PlainStream } from './plain-stream.ts'
import { PlainTransformController, type Transformation } from './plain-transform-controller.ts'

/**
 * Differs from Node's where nobody looks: it has no strategies; what is written to its `writable` by hand is not waited for
 * when that is closed; and it can be cancelled after `terminate` with chunks left to be read, where Node's throws.
 */
export class PlainTransform<In = unknown, Out = unknown> implements TransformStream<In, Out> {
  readonly readable: PlainStream<Out>
  readonly #controller: PlainTransformController<In, Out>
  #writable: WritableStream<In> | undefined

  constructor(transformation: Transformation<In, Out> = {}) {
    this.#controller = new PlainTransformController(transformation)
    this.readable = new PlainStream<Out>(this.#controller, { highWaterMark: 0 })
    this.#controller.begin()
  }

  /** Whether something is piped into it. */
  get isTaken(): boolean {
    return this.#controller.intake.isTaken
  }

  /** What this reader reads goes in. */
  takeFrom(reader: PlainReader<In>): void {
    this.#controller.intake.takeFrom(reader)
  }

  /** For whoever writes into it and does not pipe. */
  get writable(): WritableStream<In> {
    if (!this.#writable && this.isTaken) {
      this.#writable = new WritableStream()
      this.#writable.getWriter()
    }
    this.#writable ??= writableInto(this)
    return this.#writable
  }
}

function writableInto<In>(transform: PlainTransform<In>): WritableStream<In> {
  let written = () => {}
  let into: SourceController<In> | undefined
  let out: WritableStreamDefaultController | undefined
  const chunks = new PlainStream<In>(
    {
      start(controller) {
        into = controller
      },
      pull: () => written(),
      cancel: (reason) => out?.error(reason),
    },
    { highWaterMark: 0 },
  )
  transform.takeFrom(chunks.getReader())
  return new WritableStream({
    start(controller) {
      out = controller
    },
    write(chunk) {
      into?.enqueue(chunk)
      return new Promise((resolve) => {
        written = resolve
      })
    },
    close: () => into?.close(),
    abort: (reason) => into?.error(reason),
  })
}

/** A TextDecoderStream. */
export class PlainTextDecoder extends PlainTransform<NodeJS.ArrayBufferView | ArrayBuffer, string> {
  readonly encoding: string
  readonly fatal: boolean
  readonly ignoreBOM: boolean

  constructor(...options: ConstructorParameters<typeof TextDecoder>) {
    const decoder = new TextDecoder(...options)
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
    this.encoding = decoder.encoding
    this.fatal = decoder.fatal
    this.ignoreBOM = decoder.ignoreBOM
  }
}
