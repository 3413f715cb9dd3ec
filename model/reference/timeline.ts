// Time in the reference system: a virtual clock, and the processes that sleep and wait on it.

/** Sleeps for so many milliseconds, or until that is so. */
export type Process<Result = void> = Generator<number | (() => boolean), Result>

export class Timeline {
  now = 0
  readonly #sleeping: { readonly wake: number; readonly process: Process }[] = []
  readonly #waiting: { readonly until: () => boolean; readonly process: Process }[] = []

  spawn(process: Process): void {
    const { value } = process.next()
    if (typeof value === 'number') this.#sleeping.push({ wake: this.now + value, process })
    else if (value) this.#waiting.push({ until: value, process })
  }

  run(): void {
    for (;;) {
      const ready = this.#waiting.findIndex(({ until }) => until())
      const next = ready >= 0 ? this.#waiting.splice(ready, 1)[0] : this.#nextSleeper()
      if (!next) return
      this.spawn(next.process)
    }
  }

  #nextSleeper(): { readonly process: Process } | undefined {
    const wake = Math.min(...this.#sleeping.map((each) => each.wake))
    const index = this.#sleeping.findIndex((each) => each.wake === wake)
    if (index < 0) return undefined
    this.now = wake
    return this.#sleeping.splice(index, 1)[0]
  }
}
