// The simulated world: one queue of events on a virtual clock. Time moves only when nothing is left to do now; one
// event happens, everything that follows from it runs to its end, and only then comes the next.
import { Hang } from '../../stack.ts'
import { type Event, EventQueue } from './event-queue.ts'
import { currentLife, type Host, happenIn, type Life } from './host.ts'

/** Real, whatever the globals become. */
const { setImmediate } = globalThis

const HOUR_US = 3_600_000_000

/**
 * What follows from an event runs to its end in microtasks and ticks, and Node runs all of them before the next immediate,
 * within one turn of its loop as well. So many events to a turn: a turn costs as much as an event.
 */
const AT_ONCE = 64

export interface WorldOptions {
  /** Told of each moment to which time moves, in virtual microseconds. */
  readonly onTime?: (us: number) => void
  /** Told of each event before it happens: should it never yield, this is what is known of it. */
  readonly onEvent?: (us: number, what: string) => void
  /** Gets the event log, a line at a time. */
  readonly log?: ((line: string) => void) | undefined
  /** Something was thrown and not caught, or rejected and not handled: on a host, or by who uses the stack. */
  readonly onUncaught?: (life: Life | undefined, error: unknown) => void
}

export class World {
  readonly #queue = new EventQueue()
  readonly #options: WorldOptions
  readonly #uncaughtIn = (life: Life | undefined, error: unknown) => this.uncaught(life, error)
  #now = 0
  #sequence = 0
  #turn = 0
  #lastProgress = 0
  #waitsUntil = 0
  #failure: { readonly error: unknown } | undefined

  constructor(options: WorldOptions = {}) {
    this.#options = options
  }

  /** Virtual microseconds since the world began. */
  get nowUs(): number {
    return this.#now
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): number {
    return this.#now / 1_000
  }

  /** Which event it is that happens now: the same for everything that follows from it. */
  get turn(): number {
    return this.#turn
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
    const entry = this.schedule(life, us, what, event)
    return () => this.cancel(entry)
  }

  /** The same, for those who cancel by the event itself or not at all. */
  schedule(life: Life | undefined, us: number, what: string, happen: () => void): Event {
    this.#sequence += 1
    const at = us > 0 ? this.#now + Math.round(us) : this.#now
    const event: Event = { at, sequence: this.#sequence, what, life, happen, isCancelled: false }
    this.#queue.push(event)
    return event
  }

  cancel(event: Event): void {
    this.#queue.cancel(event)
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

  /** Somebody waits for so long on purpose, which is no hang. */
  waits(ms: number): void {
    this.#waitsUntil = Math.max(this.#waitsUntil, this.#now + ms * 1_000)
  }

  /** Whether anybody reads the event log. */
  get isLogged(): boolean {
    return this.#options.log !== undefined
  }

  /** A line of the event log: virtual milliseconds, the host, what, details. */
  note(what: string, details: string, host = currentLife()?.host.name ?? 'harness'): void {
    const at = (this.#now / 1_000).toFixed(3).padStart(12)
    this.#options.log?.(`${at} ${host.padEnd(12)} ${what.padEnd(10)} ${details}`.trimEnd())
  }

  /** An error that nobody caught. Where nobody is told of it either, the run ends with it. */
  uncaught(life: Life | undefined, error: unknown): void {
    if (this.#options.onUncaught) this.#options.onUncaught(life, error)
    else this.fail(error)
  }

  /** Ends the run with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error }
  }

  /**
   * Lets the world go on until `main` has settled.
   * @throws Hang where nothing is left that could settle it, or nobody got an answer for a virtual hour
   */
  run<Result>(main: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      let settle: (() => void) | undefined
      this.#lastProgress = this.#now
      main().then(
        (value) => {
          settle = () => resolve(value)
        },
        (error: unknown) => {
          settle = () => reject(error)
        },
      )
      let isOver = false
      const end = (how: () => void) => {
        isOver = true
        how()
      }
      const step = () => {
        if (isOver) return
        const failure = this.#failure
        if (failure) end(() => reject(failure.error))
        else if (settle) end(settle)
        else {
          try {
            this.#happenNext()
          } catch (error) {
            end(() => reject(error))
          }
        }
      }
      const go = () => {
        if (isOver) return
        for (let at = 0; at < AT_ONCE; at++) setImmediate(step)
        setImmediate(go)
      }
      go()
    })
  }

  #happenNext(): void {
    const event = this.#queue.pop()
    if (event === undefined) throw new Hang('nothing is left to happen, and somebody still waits')
    if (event.at > Math.max(this.#lastProgress + HOUR_US, this.#waitsUntil)) {
      throw new Hang(`nobody got an answer for a virtual hour; what waits:\n${this.#waiting(event)}`)
    }
    if (event.at > this.#now) {
      this.#now = event.at
      this.#options.onTime?.(event.at)
    }
    this.#turn += 1
    this.#options.onEvent?.(event.at, event.what)
    happenIn(event.life, event.happen, this.#uncaughtIn)
  }

  #waiting(next: Event): string {
    const soonest = [next, ...this.#queue.pending()].slice(0, 20)
    return soonest.map(({ at, what }) => `  ${(at / 1_000).toFixed(3)} ms  ${what}`).join('\n')
  }
}
