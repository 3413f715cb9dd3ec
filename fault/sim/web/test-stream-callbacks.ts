// Sources and transformers that do what a script says, and note how they are called.
import type { Transformer, UnderlyingSource } from 'node:stream/web'
import type { StreamLog } from './test-stream-log.ts'
import type { Callback, Put, SourceScript, TransformScript } from './test-stream-script.ts'

export interface Controller {
  readonly desiredSize: number | null
  enqueue(chunk: unknown): void
  close?(): void
  terminate?(): void
  error(reason?: unknown): void
}

/** With what the types of Node 20 leave out. */
export interface Transforming extends Transformer<unknown, unknown> {
  cancel?(reason?: unknown): void | Promise<void>
}

export class StreamCallbacks {
  /** The source's, and after it the transforms'. */
  readonly controllers: Controller[] = []
  readonly #log: StreamLog

  constructor(log: StreamLog) {
    this.#log = log
  }

  source({ start, pulls, furtherPulls, cancel }: SourceScript): UnderlyingSource<unknown> {
    let asked = 0
    const source: UnderlyingSource<unknown> = {
      start: (controller) => {
        this.controllers.push(controller)
        return start && this.#call('start', start, controller)
      },
    }
    if (pulls)
      source.pull = (controller) => {
        const pull = pulls[asked++]
        this.#log.note(`pull ${asked} at ${controller.desiredSize}`)
        return this.#call(`pull ${asked}`, pull ?? { puts: [], ends: 'returns', when: furtherPulls }, controller)
      }
    if (cancel)
      source.cancel = (reason) => {
        this.#log.note('cancel', reason)
        return this.#call('cancel', cancel, this.controllers[0])
      }
    return source
  }

  transformer({ start, transforms, flush, cancel }: TransformScript): Transforming {
    const at = this.controllers.length
    let given = 0
    let controller: Controller | undefined
    const transformer: Transforming = {
      start: (own) => {
        controller = own
        this.controllers.push(own)
        return start && this.#call(`start ${at}`, start, own)
      },
    }
    if (transforms)
      transformer.transform = (chunk, own) => {
        const transform = transforms[given++]
        this.#log.note(`transform ${at}`, chunk, `at ${own.desiredSize}`)
        const copies = Array.from({ length: transform?.copies ?? 1 }, (): Put => ({ put: 'chunk', chunk }))
        const puts = [...copies, ...(transform?.puts ?? [])]
        return this.#call(`transform ${at}`, { when: 'at once', ends: 'returns', ...transform, puts }, own)
      }
    if (flush)
      transformer.flush = (own) => {
        this.#log.note(`flush ${at} at ${own.desiredSize}`)
        return this.#call(`flush ${at}`, flush, own)
      }
    if (cancel)
      transformer.cancel = (reason) => {
        this.#log.note(`cancel ${at}`, reason)
        return this.#call(`cancel ${at}`, cancel, controller)
      }
    return transformer
  }

  put(by: string, controller: Controller | undefined, put: Put): void {
    try {
      if (put.put === 'chunk') controller?.enqueue(put.chunk)
      else if (put.put === 'error') controller?.error(this.#log.error(`an error of ${by}`))
      else if (put.put === 'close') controller?.close?.()
      // What is terminated with chunks left to be read cannot be cancelled: Node's fails by an error of its own.
      else if (controller?.desiredSize === 0) controller.terminate?.()
    } catch (error) {
      this.#log.note(by, put.put, 'threw', error)
    }
  }

  #call(name: string, { puts, when, ends }: Callback, controller: Controller | undefined): void | Promise<void> {
    const error = this.#log.error(`the failure of ${name}`)
    const begin = () => {
      for (const put of puts) this.put(name, controller, put)
    }
    const end = (): void | Promise<void> => {
      if (ends === 'throws') throw error
      if (ends === 'rejects') return Promise.reject(error)
      if (ends === 'waits') return this.#log.wait('until let go', name)
      return ends === 'resolves' ? Promise.resolve() : undefined
    }
    const turn = () => this.#log.wait('until settled', name)
    if (when === 'later') return turn().then(begin).then(turn).then(end)
    if (when === 'soon') return Promise.resolve().then(begin).then(end)
    begin()
    return end()
  }
}
