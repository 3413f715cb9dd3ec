// One piece of work for all that wait for it, such as a reconnection that ten calls need. It goes on as long as one of
// them waits: no caller's deadline ends it for the others, and it does not go on for nobody.

export class Shared<T> {
  readonly #stop = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0
  #state: 'running' | 'stopped' | 'settled' = 'running'

  constructor(run: (stop: AbortSignal) => Promise<T>) {
    const settled = () => {
      if (this.#state === 'running') this.#state = 'settled'
    }
    this.#result = run(this.#stop.signal)
    this.#result.then(settled, settled)
  }

  /** Whether joining it still leads to its result. */
  get joinable(): boolean {
    return this.#state === 'running'
  }

  /** Resolves when the work has ended, whichever way. */
  get settled(): Promise<unknown> {
    return this.#result.catch(() => undefined)
  }

  /** Waits for the result, or rejects as soon as `signal` aborts. */
  join(signal: AbortSignal): Promise<T> {
    this.#waiting++
    return new Promise<T>((resolve, reject) => {
      let left = false
      const leave = () => {
        if (left) return
        left = true
        signal.removeEventListener('abort', aborted)
        this.#waiting--
        if (this.#waiting === 0 && this.#state === 'running') {
          this.#state = 'stopped'
          this.#stop.abort()
        }
      }
      const aborted = () => {
        leave()
        reject(signal.reason)
      }
      this.#result.then(
        (value) => {
          leave()
          resolve(value)
        },
        (error: unknown) => {
          leave()
          reject(error)
        },
      )
      if (signal.aborted) aborted()
      else signal.addEventListener('abort', aborted, { once: true })
    })
  }
}
