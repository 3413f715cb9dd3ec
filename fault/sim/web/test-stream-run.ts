// Does what a script says to streams of one kind, and tells all that can be seen of them, step by step.
import type { ReadableWritablePair, Transformer, UnderlyingSource } from 'node:stream/web'
import type { Callback, Deed, Put, Script, SourceScript, TransformScript } from './test-stream-script.ts'

interface Controller {
  readonly desiredSize: number | null
  enqueue(chunk: unknown): void
  close?(): void
  terminate?(): void
  error(reason?: unknown): void
}

type Source = UnderlyingSource<unknown>

/** With what the types of Node 20 leave out. */
interface Transforming extends Transformer<unknown, unknown> {
  cancel?(reason?: unknown): void | Promise<void>
}

/** Whose streams they are. */
export interface Kind {
  stream(source: Source, strategy: { highWaterMark?: number }): ReadableStream<unknown>
  transform(transformer: Transforming): ReadableWritablePair<unknown, unknown>
  decoder(): ReadableWritablePair<unknown, unknown>
}

/** What was seen in each step. In which order within one is left open. */
export async function seen(kind: Kind, script: Script): Promise<readonly string[][]> {
  const run = new Run(kind)
  const uncaught = (error: unknown) => run.note('uncaught', error)
  process.on('unhandledRejection', uncaught)
  try {
    run.begin(script.source)
    const steps = [await run.settled()]
    for (const step of script.steps) {
      for (const deed of step) run.do(deed)
      steps.push(await run.settled())
    }
    return steps
  } finally {
    process.off('unhandledRejection', uncaught)
  }
}

interface Waiting {
  readonly name: string
  resolve(): void
  reject(error: Error): void
}

class Run {
  readonly #kind: Kind
  readonly #streams: ReadableStream<unknown>[] = []
  readonly #readers: ReadableStreamDefaultReader<unknown>[] = []
  readonly #iterators: AsyncIterator<unknown, unknown>[] = []
  readonly #asking = new Set<unknown>()
  readonly #controllers: Controller[] = []
  readonly #errors = new Map<unknown, string>()
  #source: Controller | undefined
  /** Until a step lets it go. */
  readonly #waiting: Waiting[] = []
  /** Until the microtasks have settled: each has a turn of its own. */
  readonly #later: Waiting[] = []
  #notes: string[] = []
  #asked = 0

  constructor(kind: Kind) {
    this.#kind = kind
  }

  note(...words: readonly unknown[]): void {
    this.#notes.push(words.map((word) => (typeof word === 'string' ? word : this.#told(word))).join(' '))
  }

  async settled(): Promise<string[]> {
    let next: Waiting | undefined
    do {
      next?.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      next = first(this.#later)
    } while (next)
    const notes = this.#notes.sort()
    this.#notes = []
    const locks = this.#streams.map(({ locked }) => (locked ? 'locked' : 'free')).join(' ')
    return [...notes, locks, `sizes ${this.#controllers.map(({ desiredSize }) => desiredSize).join(' ')}`]
  }

  begin({ start, pulls, furtherPulls, cancel, highWaterMark }: SourceScript): void {
    let asked = 0
    const source: Source = {
      start: (controller) => {
        this.#controllers.push(controller)
        this.#source = controller
        return start && this.#call('start', start, controller)
      },
    }
    if (pulls)
      source.pull = (controller) => {
        const pull = pulls[asked++]
        this.note(`pull ${asked} at ${controller.desiredSize}`)
        return this.#call(`pull ${asked}`, pull ?? { puts: [], ends: 'returns', when: furtherPulls }, controller)
      }
    if (cancel)
      source.cancel = (reason) => {
        this.note('cancel', reason)
        return this.#call('cancel', cancel, this.#source)
      }
    this.#streams.push(this.#kind.stream(source, highWaterMark === undefined ? {} : { highWaterMark }))
  }

  do(deed: Deed): void {
    try {
      this.#try(deed)
    } catch (error) {
      this.note(deed.do, 'threw', error)
    }
  }

  #try(deed: Deed): unknown {
    if (deed.do === 'put') return this.#put('a step', this.#source, deed.put)
    if (deed.do === 'let go' || deed.do === 'let fail') return this.#let(deed.do)
    const stream = around(this.#streams, deed.at)
    if (deed.do === 'put into transform')
      return this.#put('a step', around(this.#controllers.slice(1), deed.at), deed.put)
    if (deed.do === 'transform') return stream && this.#streams.push(stream.pipeThrough(this.#transform(deed.by)))
    const reader = around(this.#readers, deed.at)
    const iterator = around(this.#iterators, deed.at)
    const hear = (promise: Promise<unknown> | undefined) => this.#hear(deed.do, promise, deed.isHeeded)
    // One call at a time, as `for await` makes them: at more Node's fails by an assertion of its own.
    const ask = (call: () => Promise<unknown> | undefined) => {
      if (!iterator || this.#asking.has(iterator)) return
      const answer = call()
      const answered = () => this.#asking.delete(iterator)
      this.#asking.add(iterator)
      answer?.then(answered, answered)
      hear(answer)
    }
    const reason = () => this.#error(`the reason ${this.#asked}`)
    switch (deed.do) {
      case 'get reader':
        return stream && this.#readers.push(stream.getReader())
      case 'cancel stream':
        return hear(stream?.cancel(reason()))
      case 'tee':
        return stream && this.#streams.push(...stream.tee())
      case 'decode':
        return stream && this.#streams.push(stream.pipeThrough(this.#kind.decoder()))
      case 'iterate':
        return stream && this.#iterators.push(stream[Symbol.asyncIterator]())
      case 'iterate, prevent cancel':
        return stream && this.#iterators.push(stream.values({ preventCancel: true }))
      case 'release':
        return reader?.releaseLock()
      case 'cancel':
        return hear(reader?.cancel(reason()))
      case 'return':
        return ask(() => iterator?.return?.(reason()))
      case 'read':
        return hear(reader?.read())
      case 'ask closed':
        return hear(reader?.closed)
      case 'next':
        return ask(() => iterator?.next())
      default:
        return deed satisfies never
    }
  }

  #transform({ start, transforms, flush, cancel }: TransformScript): ReadableWritablePair<unknown, unknown> {
    const at = this.#controllers.length
    let given = 0
    let controller: Controller | undefined
    const transformer: Transforming = {
      start: (own) => {
        controller = own
        this.#controllers.push(own)
        return start && this.#call(`start ${at}`, start, own)
      },
    }
    if (transforms)
      transformer.transform = (chunk, own) => {
        const transform = transforms[given++]
        this.note(`transform ${at}`, chunk, `at ${own.desiredSize}`)
        const copies = Array.from({ length: transform?.copies ?? 1 }, (): Put => ({ put: 'chunk', chunk }))
        const puts = [...copies, ...(transform?.puts ?? [])]
        return this.#call(`transform ${at}`, { when: 'at once', ends: 'returns', ...transform, puts }, own)
      }
    if (flush)
      transformer.flush = (own) => {
        this.note(`flush ${at} at ${own.desiredSize}`)
        return this.#call(`flush ${at}`, flush, own)
      }
    if (cancel)
      transformer.cancel = (reason) => {
        this.note(`cancel ${at}`, reason)
        return this.#call(`cancel ${at}`, cancel, controller)
      }
    return this.#kind.transform(transformer)
  }

  #call(name: string, { puts, when, ends }: Callback, controller: Controller | undefined): void | Promise<void> {
    const error = this.#error(`the failure of ${name}`)
    const begin = () => {
      for (const put of puts) this.#put(name, controller, put)
    }
    const end = (): void | Promise<void> => {
      if (ends === 'throws') throw error
      if (ends === 'rejects') return Promise.reject(error)
      if (ends === 'waits') return this.#wait(this.#waiting, name)
      return ends === 'resolves' ? Promise.resolve() : undefined
    }
    const turn = () => this.#wait(this.#later, name)
    if (when === 'later') return turn().then(begin).then(turn).then(end)
    if (when === 'soon') return Promise.resolve().then(begin).then(end)
    begin()
    return end()
  }

  #wait(these: Waiting[], name: string): Promise<void> {
    return new Promise((resolve, reject) => these.push({ name, resolve, reject }))
  }

  #put(by: string, controller: Controller | undefined, put: Put): void {
    try {
      if (put.put === 'chunk') controller?.enqueue(put.chunk)
      else if (put.put === 'error') controller?.error(this.#error(`an error of ${by}`))
      else if (put.put === 'close') controller?.close?.()
      // What is terminated with chunks left to be read cannot be cancelled: Node's fails by an error of its own.
      else if (controller?.desiredSize === 0) controller.terminate?.()
    } catch (error) {
      this.note(by, put.put, 'threw', error)
    }
  }

  #let(how: 'let go' | 'let fail'): void {
    const waiting = first(this.#waiting)
    if (how === 'let go') waiting?.resolve()
    else waiting?.reject(this.#error('let fail'))
  }

  #hear(name: string, promise: Promise<unknown> | undefined, isHeeded: boolean): void {
    if (promise === undefined) return
    const told = `${name} ${this.#asked++}`
    const heard = promise.then((value) => this.note(told, 'gave', value))
    if (isHeeded) heard.catch((error: unknown) => this.note(told, 'failed with', error))
  }

  #error(name: string): Error {
    const error = new Error(name)
    this.#errors.set(error, name)
    return error
  }

  /** Errors by who they are, and not by how they look. */
  #told(value: unknown): string {
    const own = this.#errors.get(value)
    if (own !== undefined) return own
    if (value instanceof Error) return `a ${value.name}`
    if (Array.isArray(value)) return `[${value.map((each) => this.#told(each)).join(', ')}]`
    if (value instanceof Uint8Array) return `bytes ${value.join(' ')}`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
    return Object.entries(value)
      .map(([key, each]) => `${key}: ${this.#told(each)}`)
      .sort()
      .join(', ')
  }
}

function around<T>(these: readonly T[], at: number): T | undefined {
  return these[at % these.length]
}

/** By name: which was there first may be a matter of microtasks. */
function first(these: Waiting[]): Waiting | undefined {
  these.sort((one, other) => (one.name < other.name ? -1 : 1))
  return these.shift()
}
