// What a plain stream is made of: its queue, who waits for its chunks, and the source that fills it. A source is given it
// as its controller, as Node's are given theirs.
import type { ReadableStreamReadResult, ReadableStreamReadValueResult } from 'node:stream/web'
import { cancelled, promised, pulled, Read, type Source, type SourceController, type Waiting } from './plain-source.ts'

/** Who has it locked. */
interface Holder {
  /** It has closed or failed. */
  ended(): void
}

export class PlainController<Chunk> implements SourceController<Chunk> {
  /** Who has it locked, if anybody. */
  holder: Holder | undefined
  /** Whether it was ever read or cancelled. */
  isDisturbed = false
  /** As they are read, so that nothing is made of them twice, and `undefined` is a chunk like any other. */
  readonly #queue: ReadableStreamReadValueResult<Chunk>[] = []
  readonly #waiting: Waiting<Chunk>[] = []
  readonly #highWaterMark: number
  /** Let go of at the end: what it holds may be a whole session. */
  #source: Source<Chunk> | undefined
  /** It is closing until what is queued has been read. */
  #state: 'readable' | 'closing' | 'closed' | 'errored' = 'readable'
  #error: unknown
  #pulling: 'no' | 'yes' | 'and again' = 'no'
  #isStarted = false

  constructor(source: Source<Chunk>, highWaterMark: number) {
    this.#source = source
    this.#highWaterMark = highWaterMark
    const started = source.start?.(this)
    promised(started).then(
      () => {
        this.#isStarted = true
        this.#pull()
      },
      (error: unknown) => this.error(error),
    )
  }

  get desiredSize(): number | null {
    if (this.#state === 'errored') return null
    return this.#state === 'closed' ? 0 : this.#highWaterMark - this.#queue.length
  }

  enqueue(value: Chunk): void {
    this.#mustBeOpen()
    const waiting = this.#waiting.shift()
    if (waiting) waiting.chunk(value)
    else this.#queue.push({ done: false, value })
    this.#pull()
  }

  close(): void {
    this.#mustBeOpen()
    if (this.#queue.length > 0) this.#state = 'closing'
    else this.#close()
  }

  error(reason?: unknown): void {
    if (this.#state !== 'readable' && this.#state !== 'closing') return
    this.#state = 'errored'
    this.#error = reason
    this.#queue.length = 0
    this.#source = undefined
    this.holder?.ended()
    for (const waiting of this.#waiting.splice(0)) waiting.failed(reason)
  }

  get isOpen(): boolean {
    return this.#state === 'readable'
  }

  get wantsMore(): boolean {
    if (!this.#isStarted || this.#state !== 'readable') return false
    return this.#waiting.length > 0 || this.#queue.length < this.#highWaterMark
  }

  /** How it has ended, if it has. */
  get end(): 'open' | 'closed' | { readonly error: unknown } {
    if (this.#state === 'errored') return { error: this.#error }
    return this.#state === 'closed' ? 'closed' : 'open'
  }

  read(): Promise<ReadableStreamReadResult<Chunk>> {
    const next = this.#take()
    return next ? Promise.resolve(next) : new Promise((resolve, reject) => this.#wait(new Read(resolve, reject)))
  }

  /** For who need not have a promise. */
  readTo(waiting: Waiting<Chunk>): void {
    const next = this.#take()
    if (next) waiting.chunk(next.value)
    else this.#wait(waiting)
  }

  /** Nobody wants more of it. */
  cancel(reason: unknown): Promise<void> {
    this.isDisturbed = true
    if (this.#state === 'errored') return Promise.reject(this.#error)
    if (this.#state === 'closed') return Promise.resolve()
    const source = this.#source
    this.#queue.length = 0
    this.#close()
    return cancelled(source, reason)
  }

  /** Its reader lets go of it: what that still waited for does not come. */
  release(error: unknown): void {
    this.holder = undefined
    for (const waiting of this.#waiting.splice(0)) waiting.failed(error)
  }

  #take(): ReadableStreamReadValueResult<Chunk> | undefined {
    this.isDisturbed = true
    const next = this.#queue.shift()
    if (!next) return undefined
    if (this.#state === 'closing' && this.#queue.length === 0) this.#close()
    else this.#pull()
    return next
  }

  /** Where nothing is queued. */
  #wait(waiting: Waiting<Chunk>): void {
    if (this.#state === 'errored') waiting.failed(this.#error)
    else if (this.#state === 'closed') waiting.done()
    else {
      this.#waiting.push(waiting)
      this.#pull()
    }
  }

  #pull(): void {
    const source = this.#source
    if (!source?.pull || !this.wantsMore) return
    if (this.#pulling !== 'no') {
      this.#pulling = 'and again'
      return
    }
    this.#pulling = 'yes'
    pulled(source, this).then(this.#onPulled, this.#onFailed)
  }

  readonly #onPulled = () => {
    const again = this.#pulling === 'and again'
    this.#pulling = 'no'
    if (again) this.#pull()
  }

  readonly #onFailed = (error: unknown) => this.error(error)

  #close(): void {
    this.#state = 'closed'
    this.#source = undefined
    this.holder?.ended()
    for (const waiting of this.#waiting.splice(0)) waiting.done()
  }

  /** Node's fetch, which makes its bodies of the global stream, looks for this wording. */
  #mustBeOpen(): void {
    if (this.#state !== 'readable') throw new TypeError('Invalid state: Controller is already closed')
  }
}
