// Time for tests: it stands still until somebody sleeps, then jumps to what is due next. Nothing really waits.
import type { Clock } from '../wire/clock.ts'

interface Entry {
  readonly at: number
  readonly kind: 'sleep' | 'after'
  readonly fire: () => void
}

export class TestClock implements Clock {
  #now = 0
  #entries: Entry[] = []
  #pumping = false

  now(): number {
    return this.#now
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#now)
  }

  after(ms: number, callback: () => void): () => void {
    return this.#add({ at: this.#now + ms, kind: 'after', fire: callback })
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const fire = () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      }
      const cancel = this.#add({ at: this.#now + ms, kind: 'sleep', fire })
      const aborted = () => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#pump()
    })
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#entries.length
  }

  #add(entry: Entry): () => void {
    this.#entries.push(entry)
    this.#entries.sort((a, b) => a.at - b.at)
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry)
    }
  }

  // One entry a turn of the event loop, so that what it sets off has ended before the next is due.
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      if (!this.#entries.some(({ kind }) => kind === 'sleep')) return
      const next = this.#entries.shift()
      if (next === undefined) return
      this.#now = Math.max(this.#now, next.at)
      next.fire()
      this.#pump()
    })
  }
}
