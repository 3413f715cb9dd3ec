// Two streams of one: each chunk goes to both, and who of both has given up is remembered until the other does.
import type { PlainReader } from './plain-reader.ts'
import { promised, type Source, type SourceController, type Waiting } from './plain-source.ts'

/** The sources of the two. */
export function teed<Chunk>(
  reader: PlainReader<Chunk>,
  type: Source<Chunk>['type'],
): readonly [Source<Chunk>, Source<Chunk>] {
  return new Tee(reader, type).branches
}

class Tee<Chunk> implements Waiting<Chunk> {
  readonly branches: readonly [Branch<Chunk>, Branch<Chunk>]
  readonly #reader: PlainReader<Chunk>
  #isReading = false
  #onCancelled: (cancelled: Promise<void> | undefined) => void = () => {}
  readonly #cancelled = new Promise<void>((resolve) => {
    this.#onCancelled = resolve
  })

  constructor(reader: PlainReader<Chunk>, type: Source<Chunk>['type']) {
    this.branches = [new Branch(this, type), new Branch(this, type)]
    this.#reader = reader
    reader.closed.catch((error: unknown) => {
      for (const { controller } of this.branches) controller?.error(error)
      this.#ended()
    })
  }

  pull(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#reader.readTo(this)
  }

  cancel(): Promise<void> {
    const [one, other] = this.branches
    if (one.isCancelled && other.isCancelled) this.#onCancelled(this.#reader.cancel([one.reason, other.reason]))
    return this.#cancelled
  }

  chunk(chunk: Chunk): void {
    this.#aMomentLater((controller) => controller.enqueue(chunk))
  }

  done(): void {
    this.#aMomentLater((controller) => controller.close())
    this.#ended()
  }

  failed(): void {
    this.#isReading = false
  }

  /** For so long it takes until an error is heard of: no chunk gets ahead of one. */
  #aMomentLater(put: (controller: SourceController<Chunk>) => void): void {
    void promised(undefined).then(() => {
      this.#isReading = false
      for (const { controller, isCancelled } of this.branches) if (controller?.isOpen && !isCancelled) put(controller)
    })
  }

  #ended(): void {
    if (this.branches.some(({ isCancelled }) => !isCancelled)) this.#onCancelled(undefined)
  }
}

class Branch<Chunk> implements Source<Chunk> {
  controller: SourceController<Chunk> | undefined
  isCancelled = false
  reason: unknown
  readonly type: Source<Chunk>['type']
  readonly #tee: Tee<Chunk>

  constructor(tee: Tee<Chunk>, type: Source<Chunk>['type']) {
    this.#tee = tee
    this.type = type
  }

  start(controller: SourceController<Chunk>): void {
    this.controller = controller
  }

  pull(): void {
    this.#tee.pull()
  }

  cancel(reason: unknown): Promise<void> {
    this.isCancelled = true
    this.reason = reason
    return this.#tee.cancel()
  }
}
