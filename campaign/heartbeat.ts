// What a simulation last did, in memory that two threads share: a thread whose code never yields can say nothing more, and
// this is what the other one knows of it.
import type { Watch } from '../fault/index.ts'

const TEXT_AT = 24
const MOST_TEXT = 200

export interface LastEvent {
  /** How many events there were so far. */
  readonly count: number
  readonly ms: number
  readonly what: string
}

export class Heartbeat implements Watch {
  readonly memory: SharedArrayBuffer
  readonly #counts: Int32Array
  readonly #time: Float64Array
  readonly #text: Uint8Array
  readonly #known = new Map<string, Uint8Array>()

  constructor(memory = new SharedArrayBuffer(TEXT_AT + MOST_TEXT)) {
    this.memory = memory
    this.#counts = new Int32Array(memory, 0, 4)
    this.#time = new Float64Array(memory, 16, 1)
    this.#text = new Uint8Array(memory, TEXT_AT)
  }

  /** An event is about to happen. */
  beat(us: number, what: string): void {
    const text = this.#encoded(what)
    this.#text.set(text)
    this.#counts[1] = text.byteLength
    this.#time[0] = us
    Atomics.add(this.#counts, 0, 1)
    this.#counts[2] = 1
  }

  /** Nothing is simulated any more, and nothing need be heard. */
  rest(): void {
    this.#counts[2] = 0
  }

  /** What the other thread's simulation does; undefined where there is none. */
  last(): LastEvent | undefined {
    if (this.#counts[2] !== 1) return undefined
    const text = Buffer.from(this.#text.slice(0, this.#counts[1])).toString()
    return { count: Atomics.load(this.#counts, 0), ms: (this.#time[0] ?? 0) / 1_000, what: text }
  }

  /** There are few different ones: names of links, hosts and timers. */
  #encoded(what: string): Uint8Array {
    const known = this.#known.get(what)
    if (known) return known
    const text = new TextEncoder().encode(what).subarray(0, MOST_TEXT)
    if (this.#known.size < 1_000) this.#known.set(what, text)
    return text
  }
}
