// What a plain stream is made of: its queue, who waits for its chunks, and the source that fills it. A source is given it
// as its controller, as Node's are given theirs.
import type { ReadableStreamReadResult, ReadableStreamReadValueResult } from 'node:stream/web'

/** What fills it. `pull` is called as the standard says: one call at a time, while less is queued than the mark. */
export interface Source<Chunk> {
  readonly type?: 'bytes' | undefined
  start?(controller: PlainController<Chunk>): unknown
  pull?(controller: PlainController<Chunk>): unknown
  cancel?(reason?: unknown): unknown
}

/** Who waits for the next chunk, and is told of it at once. */
export interface Waiting<Chunk> {
  chunk(chunk: Chunk): void
  done(): void
  failed(error: unknown): void
}

/** Who has it locked. */
interface Holder {
  /** It has closed or failed. */
  ended(): void
}

export class PlainController<Chunk> {
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

  /** Whether chunks may still be put in. */
  get isOpen(): boolean {
    return this.#state === 'readable'
  }

  /** Whether its source is to be asked for more. */
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
    let pulled: Promise<unknown>
    try {
      pulled = promised(source.pull(this))
    } catch (error) {
      pulled = Promise.reject(error)
    }
    pulled.then(this.#onPulled, this.#onFailed)
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

class Read<Chunk> implements Waiting<Chunk> {
  readonly #resolve: (result: ReadableStreamReadResult<Chunk>) => void
  readonly failed: (error: unknown) => void

  constructor(resolve: (result: ReadableStreamReadResult<Chunk>) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve
    this.failed = reject
  }

  chunk(value: Chunk): void {
    this.#resolve({ done: false, value })
  }

  done(): void {
    this.#resolve({ done: true, value: undefined })
  }
}

const RESOLVED = Promise.resolve(undefined)

/** Of what a callback returned, which is nothing for the most part. */
export function promised(result: unknown): Promise<unknown> {
  return result === undefined ? RESOLVED : Promise.resolve(result)
}

async function cancelled<Chunk>(source: Source<Chunk> | undefined, reason: unknown): Promise<void> {
  await source?.cancel?.(reason)
}
