// What setTimeout and setInterval return in a simulated world: Node's Timeout, on the world's queue.
import { currentLife, type Life } from './host.ts'
import type { World } from './world.ts'

/** Node waits so long at least. */
const LEAST_MS = 1
/** And takes longer ones than it can count for that. */
const MOST_MS = 2 ** 31 - 1

export interface Timing {
  readonly callback: () => void
  readonly ms: number
  readonly repeat: 'once' | 'again'
}

const numbered = new Map<number, VirtualTimeout>()
let last = 0

export class VirtualTimeout {
  readonly #world: World
  readonly #timing: Timing
  readonly #life: Life | undefined
  readonly #number: number
  #cancel: () => void

  constructor(world: World, timing: Timing) {
    const isWithin = timing.ms >= LEAST_MS && timing.ms <= MOST_MS
    this.#world = world
    this.#timing = { ...timing, ms: isWithin ? Math.trunc(timing.ms) : LEAST_MS }
    this.#life = currentLife()
    last += 1
    this.#number = last
    this.#cancel = this.#start()
  }

  /** Some keep the number of a timer, and clear that. */
  static closeNumbered(number: number): void {
    numbered.get(number)?.close()
  }

  close(): this {
    this.#cancel()
    numbered.delete(this.#number)
    return this
  }

  refresh(): this {
    this.#cancel()
    this.#cancel = this.#start()
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }

  [Symbol.toPrimitive](): number {
    numbered.set(this.#number, this)
    return this.#number
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #start(): () => void {
    const { callback, ms, repeat } = this.#timing
    const due = () => {
      if (repeat === 'again') this.#cancel = this.#start()
      else numbered.delete(this.#number)
      callback()
    }
    return this.#world.afterIn(this.#life, ms * 1_000, `a timer of ${ms} ms`, due)
  }
}
