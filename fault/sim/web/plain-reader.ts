// Reads a plain stream, and has it locked meanwhile.
import type { ReadableStreamReadResult } from 'node:stream/web'
import type { PlainController } from './plain-controller.ts'
import type { Waiting } from './plain-source.ts'

export class PlainReader<Chunk> implements ReadableStreamDefaultReader<Chunk> {
  #stream: PlainController<Chunk> | undefined
  #closed: Deferred | undefined

  constructor(stream: PlainController<Chunk>) {
    if (stream.holder) throw new TypeError('Invalid state: ReadableStream is locked')
    stream.holder = this
    this.#stream = stream
  }

  /** Made where it is asked for: hardly anybody does. */
  get closed(): Promise<undefined> {
    if (!this.#closed) {
      this.#closed = new Deferred()
      this.ended()
    }
    return this.#closed.promise
  }

  read(): Promise<ReadableStreamReadResult<Chunk>> {
    return this.#stream?.read() ?? Promise.reject(released())
  }

  /** For who need not have a promise. */
  readTo(waiting: Waiting<Chunk>): void {
    if (this.#stream) this.#stream.readTo(waiting)
    else waiting.failed(released())
  }

  cancel(reason?: unknown): Promise<void> {
    return this.#stream?.cancel(reason) ?? Promise.reject(released())
  }

  releaseLock(): void {
    const stream = this.#stream
    if (!stream) return
    this.#stream = undefined
    // What `closed` has told stays told to whoever has asked; from now on it tells this.
    if (stream.end === 'open') this.ended()
    else this.#closed = undefined
    stream.release(released())
  }

  /** The stream has ended, or `closed` is asked for: whoever waits for that is told. */
  ended(): void {
    const end = this.#stream?.end ?? { error: released() }
    if (end === 'closed') this.#closed?.resolve(undefined)
    else if (end !== 'open') this.#closed?.reject(end.error)
  }
}

class Deferred {
  readonly promise: Promise<undefined>
  resolve: (value: undefined) => void = () => {}
  reject: (error: unknown) => void = () => {}

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Nobody need listen.
    this.promise.catch(() => {})
  }
}

const released = () => new TypeError('Invalid state: The reader is not attached to a stream')
