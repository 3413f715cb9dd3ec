// The side of a transform that chunks go in at: it reads one ahead, and has it transformed when the other side wants it.
// How what it reads from ends is passed on, and how the transform ends is passed back.

import type { PlainReader } from './plain-reader.ts'
import { promised, type Waiting } from './plain-source.ts'

/** What the chunks are for. */
export interface Sink<In> {
  /** Nothing is written, closed or cancelled before. */
  readonly started: Promise<unknown>
  readonly wants: 'more' | 'nothing'
  write(chunk: In): unknown
  /** What `write` threw or was rejected with. */
  failed(error: unknown): void
  close(): Promise<void>
  abort(reason: unknown): Promise<void>
}

export class PlainIntake<In> implements Waiting<In> {
  readonly #sink: Sink<In>
  #reader: PlainReader<In> | undefined
  /** Until it is wanted. */
  #held: { readonly chunk: In } | undefined
  #isWriting = false
  /** No more goes in, and why not. */
  #failure: { readonly error: unknown } | undefined
  #isEnding = false

  constructor(sink: Sink<In>) {
    this.#sink = sink
  }

  get isTaken(): boolean {
    return this.#reader !== undefined
  }

  takeFrom(reader: PlainReader<In>): void {
    this.#reader = reader
    if (this.#failure) this.#giveUp(this.#failure.error)
    else reader.readTo(this)
  }

  /** The sink wants more. In a turn of its own, as whoever reads may still think better of it. */
  resume(): void {
    if (this.#held) void promised(undefined).then(this.#writeHeld)
  }

  /** From now on nothing goes in. What is under way is waited for. */
  fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = { error }
    if (!this.#held && !this.#isWriting) this.#giveUp(error)
  }

  chunk(chunk: In): void {
    if (this.#failure) return
    if (this.#sink.wants === 'more') this.#write(chunk)
    else this.#held = { chunk }
  }

  done(): void {
    if (!this.#failure) this.#end(() => this.#sink.close())
  }

  failed(error: unknown): void {
    if (!this.#failure) this.#end(() => this.#sink.abort(error))
  }

  readonly #writeHeld = () => {
    const held = this.#held
    this.#held = undefined
    if (this.#failure) this.#giveUp(this.#failure.error)
    else if (held) this.#write(held.chunk)
  }

  #write(chunk: In): void {
    this.#isWriting = true
    let written: Promise<unknown>
    try {
      written = promised(this.#sink.write(chunk))
    } catch (error) {
      written = Promise.reject(error)
    }
    written.then(this.#onWritten, this.#onFailed)
  }

  readonly #onWritten = () => {
    this.#isWriting = false
    if (this.#failure) this.#giveUp(this.#failure.error)
    else this.#reader?.readTo(this)
  }

  readonly #onFailed = (error: unknown) => {
    this.#sink.failed(error)
    this.#onWritten()
  }

  #giveUp(error: unknown): void {
    if (!this.#isEnding) this.#end(() => this.#reader?.cancel(error))
  }

  #end(end: () => Promise<void> | undefined): void {
    const reader = this.#reader
    if (!reader) return
    this.#isEnding = true
    const release = () => reader.releaseLock()
    this.#sink.started.then(end, end).then(release, release)
  }
}
