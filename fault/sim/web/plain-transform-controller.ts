// What a plain transform is made of: a source to the stream that is read of it, a sink to what is piped into it. A
// transformation is given it as its controller, as Node's are given theirs.
import { PlainIntake, type Sink } from './plain-intake.ts'
import type { Source, SourceController } from './plain-source.ts'

export interface Transformation<In, Out> {
  start?(controller: PlainTransformController<In, Out>): unknown
  transform?(chunk: In, controller: PlainTransformController<In, Out>): unknown
  flush?(controller: PlainTransformController<In, Out>): unknown
  cancel?(reason?: unknown): unknown
}

export class PlainTransformController<In, Out> implements Source<Out>, Sink<In> {
  wants: 'more' | 'nothing' = 'nothing'
  readonly started: Promise<unknown>
  readonly intake: PlainIntake<In> = new PlainIntake(this)
  /** Let go of at the end, as a source is. */
  #transformation: Transformation<In, Out> | undefined
  #out: SourceController<In | Out> | undefined
  #begin: (started: unknown) => void = () => {}
  #onFull: (() => void) | undefined
  #end: Promise<void> | undefined

  constructor(transformation: Transformation<In, Out>) {
    this.#transformation = transformation
    this.started = new Promise((resolve) => {
      this.#begin = resolve
    })
    this.started.catch((error: unknown) => this.#shut(error))
  }

  /** When there is a stream that is read of it. */
  begin(): void {
    this.#begin(this.#transformation?.start?.(this))
  }

  get desiredSize(): number | null {
    return this.#out?.desiredSize ?? null
  }

  enqueue(chunk: In | Out): void {
    this.#out?.enqueue(chunk)
    if (this.wants === 'nothing' || this.#out?.wantsMore) return
    this.wants = 'nothing'
    this.#onFull?.()
  }

  terminate(): void {
    if (this.#out?.isOpen) this.#out.close()
    this.#shut(new TypeError('Invalid state: TransformStream has been terminated'))
  }

  error(reason?: unknown): void {
    this.#out?.error(reason)
    this.#shut(reason)
  }

  start(out: SourceController<In | Out>): Promise<unknown> {
    this.#out = out
    return this.started
  }

  /** Over when enough has come out. */
  pull(): Promise<void> {
    this.#want()
    return new Promise((resolve) => {
      this.#onFull = resolve
    })
  }

  cancel(reason: unknown): Promise<void> {
    this.#end ??= this.#ended(
      () => this.#transformation?.cancel?.(reason),
      () => this.#shut(reason),
      (error) => this.#shut(error),
    )
    return this.#end
  }

  /** Without a `transform` chunks pass as they are. */
  write(chunk: In): unknown {
    if (this.#transformation?.transform) return this.#transformation.transform(chunk, this)
    if (this.#transformation) this.enqueue(chunk)
    return undefined
  }

  failed(error: unknown): void {
    this.error(error)
  }

  close(): Promise<void> {
    this.#end ??= this.#ended(
      () => this.#transformation?.flush?.(this),
      () => this.#out?.isOpen && this.#out.close(),
      (error) => this.#out?.error(error),
    )
    return this.#end
  }

  abort(reason: unknown): Promise<void> {
    this.#end ??= this.#ended(
      () => this.#transformation?.cancel?.(reason),
      () => this.#out?.error(reason),
      (error) => this.#out?.error(error),
    )
    return this.#end
  }

  /** Its transformation is told of one end, and of nothing after that. */
  async #ended(tell: () => unknown, told: () => void, failed: (error: unknown) => void): Promise<void> {
    try {
      const telling = tell()
      this.#transformation = undefined
      await telling
    } catch (error) {
      failed(error)
      throw error
    }
    told()
  }

  #want(): void {
    this.wants = 'more'
    this.intake.resume()
  }

  /** Nothing more goes in. */
  #shut(error: unknown): void {
    this.#transformation = undefined
    this.intake.fail(error)
    if (this.wants === 'nothing') this.#want()
  }
}
