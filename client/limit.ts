// The end of a call's time, whatever brings it: its deadline, its caller's signal, or the client's close. One object
// for all tries of a call, so that no wait of a call can outlive it.
import type { Clock } from '../wire/clock.ts'

/** The longest that a timer takes: a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

export type GaveUpCode = 'deadline' | 'aborted' | 'closed'

export class Limit {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal | undefined
  readonly #cancelTimer: () => void
  #code: GaveUpCode | undefined

  constructor(clock: Clock, ms: number, caller?: AbortSignal) {
    this.#caller = caller
    this.#cancelTimer = clock.after(Math.min(ms, LONGEST_MS), () => this.reach('deadline'))
    if (caller?.aborted) this.reach('aborted')
    else caller?.addEventListener('abort', this.#aborted, { once: true })
  }

  readonly #aborted = () => this.reach('aborted')

  /** Aborts when the limit is reached. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What brought it, once it is reached. */
  get code(): GaveUpCode | undefined {
    return this.#code
  }

  /** What the caller's signal gave as its reason. */
  get reason(): unknown {
    return this.#code === 'aborted' ? this.#caller?.reason : undefined
  }

  reach(code: GaveUpCode): void {
    if (this.#code !== undefined) return
    this.#code = code
    this.dispose()
    this.#controller.abort()
  }

  /** The call has ended: lets go of timer and signal. */
  dispose(): void {
    this.#cancelTimer()
    this.#caller?.removeEventListener('abort', this.#aborted)
  }
}
