// One deadline for a whole store operation, however many commands and turns of waiting it takes.
import type { Clock } from '../../wire/clock.ts'

export class Deadline {
  readonly #clock: Clock
  readonly #at: number

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#at = clock.now() + ms
  }

  get passed(): boolean {
    return this.#clock.now() >= this.#at
  }

  /** The promise's own end, or a rejection with `late()` at the deadline. What the promise does later is nobody's. */
  within<T>(promise: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(Math.max(0, this.#at - this.#clock.now()), () => reject(late()))
      promise.then(resolve, reject).finally(cancel)
    })
  }
}
