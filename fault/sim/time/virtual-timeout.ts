// What setTimeout and setInterval return in a simulated world: Node's Timeout, on the world's queue.
import type { Event } from './event-queue.ts'
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
  readonly #callback: () => void
  readonly #ms: number
  readonly #repeat: Timing['repeat']
  readonly #life: Life | undefined = currentLife()
  #number: number | undefined
  #event: Event

  constructor(world: World, { callback, ms, repeat }: Timing) {
    const isWithin = ms >= LEAST_MS && ms <= MOST_MS
    this.#world = world
    this.#callback = callback
    this.#ms = isWithin ? Math.trunc(ms) : LEAST_MS
    this.#repeat = repeat
    this.#event = this.#start()
  }

  /** Some keep the number of a timer, and clear that. */
  static closeNumbered(number: number): void {
    numbered.get(number)?.close()
  }

  /** Of an earlier world. */
  static forgetNumbers(): void {
    numbered.clear()
  }

  close(): this {
    this.#world.cancel(this.#event)
    if (this.#number !== undefined) numbered.delete(this.#number)
    return this
  }

  refresh(): this {
    this.#world.cancel(this.#event)
    this.#event = this.#start()
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
    if (this.#number === undefined) {
      last += 1
      this.#number = last
      numbered.set(last, this)
    }
    return this.#number
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #start(): Event {
    return this.#world.schedule(this.#life, this.#ms * 1_000, nameOf(this.#ms), this.#due)
  }

  readonly #due = () => {
    if (this.#repeat === 'again') this.#event = this.#start()
    else if (this.#number !== undefined) numbered.delete(this.#number)
    this.#callback()
  }
}

const names = new Map<number, string>()

/** For the report of a hang. Few durations are used, and often. */
function nameOf(ms: number): string {
  const known = names.get(ms)
  if (known !== undefined) return known
  const name = `a timer of ${ms} ms`
  if (names.size < 1_000) names.set(ms, name)
  return name
}
