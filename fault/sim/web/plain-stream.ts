// A ReadableStream that does what Node's own does, by plain means: Node's takes longer for the one event of a reply than
// the simulated network, the balancer and the Redis behind it together. What is seldom used is left to Node's.
import type {
  ReadableStreamAsyncIterator,
  ReadableStreamReader,
  ReadableWritablePair,
  StreamPipeOptions,
} from 'node:stream/web'

/** Real, whatever the globals become. */
const NodeStream = globalThis.ReadableStream

/** So many chunks are asked for before anybody reads them, as Node's does. */
const READ_AHEAD = 1

type Result<Chunk> = Awaited<ReturnType<ReadableStreamDefaultReader<Chunk>['read']>>

interface Waiting<Chunk> {
  readonly resolve: (result: Result<Chunk>) => void
  readonly reject: (error: unknown) => void
}

type State =
  | { readonly kind: 'readable' }
  /** It closes when what is queued has been read. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'errored'; readonly error: unknown }

/** What fills it. */
export interface Source<Chunk> {
  start?(controller: PlainController<Chunk>): unknown
  pull?(controller: PlainController<Chunk>): unknown
  cancel?(reason?: unknown): unknown
}

export interface PlainController<Chunk> {
  readonly desiredSize: number | null
  enqueue(chunk: Chunk): void
  close(): void
  error(reason?: unknown): void
}

/** A transform that reads for itself. */
interface PlainPair<Chunk> {
  takeFrom(reader: ReadableStreamDefaultReader<Chunk>): void
}

function isPlain<Chunk>(pair: object): pair is PlainPair<Chunk> {
  return 'takeFrom' in pair
}

const DONE = { done: true, value: undefined } as const

export class PlainStream<Chunk = unknown> implements ReadableStream<Chunk> {
  readonly #source: Source<Chunk>
  readonly #queue: Chunk[] = []
  readonly #waiting: Waiting<Chunk>[] = []
  #state: State = { kind: 'readable' }
  #reader: PlainReader<Chunk> | undefined
  #pulling: 'no' | 'yes' | 'and again' = 'no'
  #isStarted = false
  readonly #controller: PlainController<Chunk>

  constructor(source: Source<Chunk> = {}) {
    this.#source = source
    this.#controller = this.#control()
    const started = source.start?.(this.#controller)
    Promise.resolve(started).then(
      () => {
        this.#isStarted = true
        this.#pull()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  get locked(): boolean {
    return this.#reader !== undefined
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.locked) throw new TypeError('Invalid state: ReadableStream is locked')
    return this.cancelNow(reason)
  }

  getReader(options: { mode: 'byob' }): ReadableStreamBYOBReader
  getReader(): ReadableStreamDefaultReader<Chunk>
  getReader(options?: { mode?: 'byob' }): ReadableStreamReader<Chunk>
  getReader(options?: { mode?: 'byob' }): ReadableStreamReader<Chunk> {
    if (options?.mode === 'byob') throw new TypeError('Invalid argument: this stream has no bytes of its own')
    if (this.locked) throw new TypeError('Invalid state: ReadableStream is locked')
    this.#reader = new PlainReader(this)
    return this.#reader
  }

  pipeThrough<Out>(pair: ReadableWritablePair<Out, Chunk>, options?: StreamPipeOptions): ReadableStream<Out> {
    if (isPlain(pair) && options === undefined) pair.takeFrom(this.getReader())
    else void this.pipeTo(pair.writable, options).catch(() => {})
    return pair.readable
  }

  pipeTo(destination: WritableStream<Chunk>, options?: StreamPipeOptions): Promise<void> {
    return this.#toNode().pipeTo(destination, options)
  }

  tee(): [ReadableStream<Chunk>, ReadableStream<Chunk>] {
    return this.#toNode().tee()
  }

  values(options?: { preventCancel?: boolean }): ReadableStreamAsyncIterator<Chunk> {
    return this.#toNode().values(options)
  }

  [Symbol.asyncIterator](): ReadableStreamAsyncIterator<Chunk> {
    return this.values()
  }

  /** The next chunk, for its reader. */
  read(): Promise<Result<Chunk>> {
    const chunk = this.#queue.shift()
    if (chunk !== undefined) {
      if (this.#state.kind === 'closing' && this.#queue.length === 0) this.#closed()
      else this.#pull()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#state.kind === 'errored') return Promise.reject(this.#state.error)
    if (this.#state.kind !== 'readable') return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#pull()
    })
  }

  /** Whoever reads wants no more of it. */
  async cancelNow(reason: unknown): Promise<void> {
    if (this.#state.kind === 'errored') throw this.#state.error
    if (this.#state.kind === 'closed') return
    this.#queue.length = 0
    this.#closed()
    await this.#source.cancel?.(reason)
  }

  /** Its reader lets go of it: what that still waited for does not come. */
  released(error: unknown): void {
    this.#reader = undefined
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  /** How it has ended, if it has. */
  get end(): 'open' | 'closed' | { readonly error: unknown } {
    if (this.#state.kind === 'errored') return { error: this.#state.error }
    return this.#state.kind === 'closed' ? 'closed' : 'open'
  }

  #control(): PlainController<Chunk> {
    const stream = this
    return {
      get desiredSize() {
        if (stream.#state.kind === 'errored') return null
        return stream.#state.kind === 'closed' ? 0 : READ_AHEAD - stream.#queue.length
      },
      enqueue: (chunk) => this.#enqueue(chunk),
      close: () => {
        if (this.#state.kind !== 'readable') throw new TypeError('Invalid state: Controller is already closed')
        if (this.#queue.length > 0) this.#state = { kind: 'closing' }
        else this.#closed()
      },
      error: (reason) => this.#fail(reason),
    }
  }

  #enqueue(chunk: Chunk): void {
    if (this.#state.kind !== 'readable') throw new TypeError('Invalid state: Controller is already closed')
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve({ done: false, value: chunk })
    else this.#queue.push(chunk)
    this.#pull()
  }

  #pull(): void {
    const { pull } = this.#source
    if (!pull || !this.#isStarted || this.#state.kind !== 'readable') return
    if (this.#queue.length >= READ_AHEAD && this.#waiting.length === 0) return
    if (this.#pulling !== 'no') {
      this.#pulling = 'and again'
      return
    }
    this.#pulling = 'yes'
    Promise.resolve(pull.call(this.#source, this.#controller)).then(
      () => {
        const again = this.#pulling === 'and again'
        this.#pulling = 'no'
        if (again) this.#pull()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  #closed(): void {
    this.#state = { kind: 'closed' }
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE)
    this.#reader?.ended()
  }

  #fail(error: unknown): void {
    if (this.#state.kind !== 'readable' && this.#state.kind !== 'closing') return
    this.#state = { kind: 'errored', error }
    this.#queue.length = 0
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    this.#reader?.ended()
  }

  #toNode(): ReadableStream<Chunk> {
    const reader = this.getReader()
    return new NodeStream<Chunk>({
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
  }
}

class PlainReader<Chunk> implements ReadableStreamDefaultReader<Chunk> {
  #stream: PlainStream<Chunk> | undefined
  #closed:
    | { promise: Promise<undefined>; resolve: (value: undefined) => void; reject: (error: unknown) => void }
    | undefined

  constructor(stream: PlainStream<Chunk>) {
    this.#stream = stream
  }

  /** Made where it is asked for: hardly anybody does. */
  get closed(): Promise<undefined> {
    if (this.#closed) return this.#closed.promise
    let resolve = (_: undefined) => {}
    let reject = (_: unknown) => {}
    const promise = new Promise<undefined>((ended, failed) => {
      resolve = ended
      reject = failed
    })
    promise.catch(() => {})
    this.#closed = { promise, resolve, reject }
    this.ended()
    return promise
  }

  read(): Promise<Result<Chunk>> {
    return this.#stream?.read() ?? Promise.reject(released())
  }

  cancel(reason?: unknown): Promise<void> {
    return this.#stream?.cancelNow(reason) ?? Promise.reject(released())
  }

  releaseLock(): void {
    if (!this.#stream) return
    this.#stream.released(released())
    this.#stream = undefined
    this.#closed?.reject(released())
  }

  /** The stream has ended, or `closed` is asked for: whoever waits for that is told. */
  ended(): void {
    const end = this.#stream?.end ?? { error: released() }
    if (end === 'closed') this.#closed?.resolve(undefined)
    else if (end !== 'open') this.#closed?.reject(end.error)
  }
}

const released = () => new TypeError('Invalid state: The reader is not attached to a stream')
