// A ReadableStream that does what Node's own does, by plain means: Node's takes longer for the one event of a reply than
// the simulated network, the balancer and the Redis behind it together. What is seldom used is left to Node's.
import type {
  ReadableStreamAsyncIterator,
  ReadableStreamReader,
  ReadableWritablePair,
  StreamPipeOptions,
} from 'node:stream/web'
import { NodeStream } from './node-streams.ts'
import { PlainController } from './plain-controller.ts'
import { PlainIterator } from './plain-iterator.ts'
import { PlainReader } from './plain-reader.ts'
import type { Source } from './plain-source.ts'
import { teed } from './plain-tee.ts'

/** By which Node's own fetch asks whether a body has been used. */
export const DISTURBED = Symbol.for('nodejs.stream.disturbed')

/** A transform that reads for itself. */
interface PlainPair<Chunk> {
  readonly isTaken: boolean
  takeFrom(reader: PlainReader<Chunk>): void
}

function isPlain<Chunk>(pair: object): pair is PlainPair<Chunk> {
  return 'takeFrom' in pair
}

/**
 * Differs from Node's where nobody looks: chunks count as one whatever a strategy's `size` says, a stream of bytes takes
 * any chunk and no buffers of its reader, `from` is missing, and its readers and controllers are known by no class of
 * Node's. Exact turns of the microtask queue are its own.
 */
export class PlainStream<Chunk = unknown> implements ReadableStream<Chunk> {
  readonly #controller: PlainController<Chunk>
  readonly #type: 'bytes' | undefined

  constructor(source: Source<Chunk> = {}, { highWaterMark }: { readonly highWaterMark?: number | undefined } = {}) {
    this.#type = source.type
    this.#controller = new PlainController(source, highWaterMark ?? (source.type === 'bytes' ? 0 : 1))
  }

  get locked(): boolean {
    return this.#controller.holder !== undefined
  }

  /** Whether it was ever read or cancelled. */
  get isDisturbed(): boolean {
    return this.#controller.isDisturbed
  }

  get [DISTURBED](): boolean {
    return this.isDisturbed
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.locked) throw new TypeError('Invalid state: ReadableStream is locked')
    return this.#controller.cancel(reason)
  }

  getReader(options: { mode: 'byob' }): ReadableStreamBYOBReader
  getReader(): PlainReader<Chunk>
  getReader(options?: { mode?: 'byob' }): ReadableStreamReader<Chunk>
  getReader(options?: { mode?: 'byob' }): ReadableStreamReader<Chunk> {
    if (options?.mode !== undefined) throw new TypeError('Invalid argument: this stream has no bytes of its own')
    return new PlainReader(this.#controller)
  }

  pipeThrough<Out>(pair: ReadableWritablePair<Out, Chunk>, options?: StreamPipeOptions): ReadableStream<Out> {
    if (this.locked) throw new TypeError('Invalid state: The ReadableStream is locked')
    const isPlainPair = isPlain<Chunk>(pair)
    if (isPlainPair ? pair.isTaken : pair.writable.locked)
      throw new TypeError('Invalid state: The WritableStream is locked')
    if (isPlainPair && options === undefined) pair.takeFrom(this.getReader())
    else void this.pipeTo(pair.writable, options).catch(() => {})
    return pair.readable
  }

  async pipeTo(destination: WritableStream<Chunk>, options?: StreamPipeOptions): Promise<void> {
    if (destination.locked) throw new TypeError('Invalid state: The WritableStream is locked')
    const reader = this.getReader()
    try {
      await nodeStreamOf(reader).pipeTo(destination, options)
    } finally {
      reader.releaseLock()
    }
  }

  tee(): [PlainStream<Chunk>, PlainStream<Chunk>] {
    const [one, other] = teed(this.getReader(), this.#type)
    return [new PlainStream(one), new PlainStream(other)]
  }

  values({ preventCancel }: { preventCancel?: boolean } = {}): ReadableStreamAsyncIterator<Chunk> {
    return new PlainIterator(this.getReader(), preventCancel ? 'leave' : 'cancel')
  }

  [Symbol.asyncIterator](): ReadableStreamAsyncIterator<Chunk> {
    return this.values()
  }
}

/** What can be piped into streams of Node's own. It asks for a chunk when it is asked, and for none ahead. */
function nodeStreamOf<Chunk>(reader: PlainReader<Chunk>): ReadableStream<Chunk> {
  let state: 'open' | 'over' = 'open'
  return new NodeStream<Chunk>(
    {
      start(controller) {
        reader.closed.then(
          () => state === 'open' && controller.close(),
          (error: unknown) => controller.error(error),
        )
      },
      // In the same turn: what is read last comes before it is told that the stream has closed.
      pull: (controller) =>
        new Promise((resolve) => {
          const chunk = (value: Chunk) => {
            controller.enqueue(value)
            resolve()
          }
          reader.readTo({ chunk, done: resolve, failed: () => resolve() })
        }),
      cancel(reason) {
        state = 'over'
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
