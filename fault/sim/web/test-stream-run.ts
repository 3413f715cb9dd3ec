// Does what a script says to streams of one kind, and tells all that can be seen of them, step by step.
import type { ReadableWritablePair, UnderlyingSource } from 'node:stream/web'
import { StreamCallbacks, type Transforming } from './test-stream-callbacks.ts'
import { StreamLog } from './test-stream-log.ts'
import type { Deed, Script } from './test-stream-script.ts'

/** Whose streams they are. */
export interface Kind {
  stream(source: UnderlyingSource<unknown>, strategy: { highWaterMark?: number }): ReadableStream<unknown>
  transform(transformer: Transforming): ReadableWritablePair<unknown, unknown>
  decoder(): ReadableWritablePair<unknown, unknown>
}

/** What was seen in each step. */
export async function seen(kind: Kind, script: Script): Promise<readonly string[][]> {
  const log = new StreamLog()
  const uncaught = (error: unknown) => log.note('uncaught', error)
  process.on('unhandledRejection', uncaught)
  try {
    const run = new Run(kind, log, script)
    const steps = [[...(await log.settled()), ...run.states()]]
    for (const step of script.steps) {
      for (const deed of step) run.do(deed)
      steps.push([...(await log.settled()), ...run.states()])
    }
    return steps
  } finally {
    process.off('unhandledRejection', uncaught)
  }
}

class Run {
  readonly #kind: Kind
  readonly #log: StreamLog
  readonly #callbacks: StreamCallbacks
  readonly #streams: ReadableStream<unknown>[]
  readonly #readers: ReadableStreamDefaultReader<unknown>[] = []
  readonly #iterators: AsyncIterator<unknown, unknown>[] = []
  /** Those that have not answered yet. */
  readonly #asked = new Set<unknown>()
  #deeds = 0

  constructor(kind: Kind, log: StreamLog, { source }: Script) {
    this.#kind = kind
    this.#log = log
    this.#callbacks = new StreamCallbacks(log)
    const { highWaterMark } = source
    const strategy = highWaterMark === undefined ? {} : { highWaterMark }
    this.#streams = [kind.stream(this.#callbacks.source(source), strategy)]
  }

  states(): readonly string[] {
    const locks = this.#streams.map(({ locked }) => (locked ? 'locked' : 'free'))
    const sizes = this.#callbacks.controllers.map(({ desiredSize }) => desiredSize)
    return [locks.join(' '), `sizes ${sizes.join(' ')}`]
  }

  do(deed: Deed): void {
    this.#deeds++
    try {
      this.#try(deed)
    } catch (error) {
      this.#log.note(deed.do, 'threw', error)
    }
  }

  #try(deed: Deed): unknown {
    const { controllers } = this.#callbacks
    if (deed.do === 'put') return this.#callbacks.put('a step', controllers[0], deed.put)
    if (deed.do === 'let go') return this.#log.let('go')
    if (deed.do === 'let fail') return this.#log.let('fail')
    if (deed.do === 'put into transform')
      return this.#callbacks.put('a step', around(controllers.slice(1), deed.at), deed.put)
    const stream = around(this.#streams, deed.at)
    if (deed.do === 'transform')
      return (
        stream && this.#streams.push(stream.pipeThrough(this.#kind.transform(this.#callbacks.transformer(deed.by))))
      )
    const reader = around(this.#readers, deed.at)
    const iterator = around(this.#iterators, deed.at)
    const hear = (promise: Promise<unknown> | undefined) => this.#hear(deed.do, promise, deed.isHeeded)
    // One call at a time, as `for await` makes them: at more Node's fails by an assertion of its own.
    const ask = (call: () => Promise<unknown> | undefined) => {
      if (!iterator || this.#asked.has(iterator)) return
      const answer = call()
      const answered = () => this.#asked.delete(iterator)
      this.#asked.add(iterator)
      answer?.then(answered, answered)
      hear(answer)
    }
    const reason = () => this.#log.error(`the reason ${this.#deeds}`)
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
        // Whoever only looks at it need not listen.
        return deed.isHeeded ? hear(reader?.closed) : reader?.closed
      case 'next':
        return ask(() => iterator?.next())
      default:
        return deed satisfies never
    }
  }

  #hear(name: string, promise: Promise<unknown> | undefined, isHeeded: boolean): void {
    const told = `${name} ${this.#deeds}`
    const heard = promise?.then((value) => this.#log.note(told, 'gave', value))
    if (isHeeded) heard?.catch((error: unknown) => this.#log.note(told, 'failed with', error))
  }
}

function around<T>(these: readonly T[], at: number): T | undefined {
  return these[at % these.length]
}
