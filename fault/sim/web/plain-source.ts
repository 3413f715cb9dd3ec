// Who fills a plain stream, and who takes what it is filled with.
import type { ReadableStreamReadResult } from 'node:stream/web'

/** By what it fills it. */
export interface SourceController<Chunk> {
  readonly desiredSize: number | null
  /** Whether chunks may still be put in. */
  readonly isOpen: boolean
  /** Whether its source is to be asked for more. */
  readonly wantsMore: boolean
  enqueue(chunk: Chunk): void
  close(): void
  error(reason?: unknown): void
}

/** What fills it. `pull` is called as the standard says: one call at a time, while less is queued than the mark. */
export interface Source<Chunk> {
  readonly type?: 'bytes' | undefined
  start?(controller: SourceController<Chunk>): unknown
  pull?(controller: SourceController<Chunk>): unknown
  cancel?(reason?: unknown): unknown
}

/** Who waits for the next chunk, and is told of it at once. */
export interface Waiting<Chunk> {
  chunk(chunk: Chunk): void
  done(): void
  failed(error: unknown): void
}

/** Who waits by a promise. */
export class Read<Chunk> implements Waiting<Chunk> {
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

/** Whatever it does comes as a promise. */
export function pulled<Chunk>(source: Source<Chunk>, controller: SourceController<Chunk>): Promise<unknown> {
  try {
    return promised(source.pull?.(controller))
  } catch (error) {
    return Promise.reject(error)
  }
}

export async function cancelled<Chunk>(source: Source<Chunk> | undefined, reason: unknown): Promise<void> {
  await source?.cancel?.(reason)
}
