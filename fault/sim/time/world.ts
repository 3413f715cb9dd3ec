// The simulated world: one queue of events on a virtual clock. Time moves only when nothing is left to do now; one
// event happens, everything that follows from it runs to its end, and only then comes the next.
import { type Event, EventQueue } from './event-queue.ts'
import { currentLife, type Host, happenIn, type Life } from './host.ts'

/** Real, whatever the globals become. */
const { setImmediate } = globalThis

const HOUR_US = 3_600_000_000

/** Nothing moves any more: a finding, with what was still waiting. */
export class Hang extends Error {
  override readonly name = 'Hang'
}

export interface WorldOptions {
  /** Told of each moment to which time moves, in virtual microseconds. */
  readonly onTime?: (us: number) => void
}

export class World {
  readonly #queue = new EventQueue()
  readonly #onTime: (us: number) => void
  #now = 0
  #sequence = 0
  #lastProgress = 0

  constructor({ onTime = () => {} }: WorldOptions = {}) {
    this.#onTime = onTime
  }

  /** Virtual microseconds since the world began. */
  get nowUs(): number {
    return this.#now
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#now / 1_000
  }

  /**
   * Lets something happen in the life of the caller after so many microseconds.
   * @returns a function that prevents it
   */
  after(us: number, what: string, event: () => void): () => void {
    return this.afterIn(currentLife(), us, what, event)
  }

  /** The same in another life; without one it happens to the harness, which neither dies nor pauses. */
  afterIn(life: Life | undefined, us: number, what: string, event: () => void): () => void {
    let isDue = true
    this.#sequence += 1
    const happen = () => {
      if (isDue) happenIn(life, event)
    }
    this.#queue.push({ at: this.#now + Math.max(0, Math.round(us)), sequence: this.#sequence, what, happen })
    return () => {
      isDue = false
    }
  }

  /** Lets a paused host go on. */
  continue(host: Host): void {
    const life = host.life
    host.continue((event) => this.afterIn(life, 0, `${host.name} goes on`, event))
  }

  /** Somebody got an answer: a world that goes on without this for a virtual hour hangs. */
  progress(): void {
    this.#lastProgress = this.#now
  }

  /**
   * Lets the world go on until `main` has settled.
   * @throws Hang where nothing is left that could settle it
   */
  async run<Result>(main: () => Promise<Result>): Promise<Result> {
    let settled: { readonly value: Result } | { readonly error: unknown } | undefined
    main().then(
      (value) => {
        settled = { value }
      },
      (error: unknown) => {
        settled = { error }
      },
    )
    await quiet()
    while (settled === undefined) {
      this.#happenNext()
      await quiet()
    }
    if ('error' in settled) throw settled.error
    return settled.value
  }

  #happenNext(): void {
    const event = this.#queue.pop()
    if (event === undefined) throw new Hang('nothing is left to happen, and somebody still waits')
    if (event.at - this.#lastProgress > HOUR_US) {
      throw new Hang(`nobody got an answer for a virtual hour; what waits:\n${this.#waiting(event)}`)
    }
    if (event.at > this.#now) {
      this.#now = event.at
      this.#onTime(event.at)
    }
    event.happen()
  }

  #waiting(next: Event): string {
    const soonest = [next, ...this.#queue.pending()].slice(0, 20)
    return soonest.map(({ at, what }) => `  ${(at / 1_000).toFixed(3)} ms  ${what}`).join('\n')
  }
}

/** What follows from an event runs to its end in microtasks and ticks; an immediate comes after all of them. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
