// Reads a plain stream as `for await` does.
import type { ReadableStreamAsyncIterator } from 'node:stream/web'
import type { PlainReader } from './plain-reader.ts'

type Result<Chunk> = IteratorResult<Chunk, undefined>

const DONE = { done: true, value: undefined } as const

/** A call waits for the one before it. */
export class PlainIterator<Chunk> implements ReadableStreamAsyncIterator<Chunk> {
  readonly #reader: PlainReader<Chunk>
  readonly #atReturn: 'cancel' | 'leave'
  /** The first call waits a moment for what the stream begins with, as with Node's. */
  #last: Promise<Result<Chunk>> = Promise.resolve(DONE)
  #isOver = false

  constructor(reader: PlainReader<Chunk>, atReturn: 'cancel' | 'leave') {
    this.#reader = reader
    this.#atReturn = atReturn
  }

  next(): Promise<Result<Chunk>> {
    return this.#after(() => this.#read())
  }

  return(value?: undefined): Promise<Result<Chunk>> {
    return this.#after(() => this.#end(value))
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #after(call: () => Promise<Result<Chunk>>): Promise<Result<Chunk>> {
    this.#last = this.#last.then(call, call)
    return this.#last
  }

  #read(): Promise<Result<Chunk>> {
    if (this.#isOver) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#reader.readTo({
        chunk: (value) => resolve({ done: false, value }),
        done: () => {
          this.#release()
          resolve(DONE)
        },
        failed: (error) => {
          this.#release()
          reject(error)
        },
      })
    })
  }

  async #end(value: undefined): Promise<Result<Chunk>> {
    if (this.#isOver) return { done: true, value }
    const cancelled = this.#atReturn === 'cancel' ? this.#reader.cancel(value) : undefined
    this.#release()
    await cancelled
    return { done: true, value }
  }

  #release(): void {
    this.#isOver = true
    this.#reader.releaseLock()
  }
}
