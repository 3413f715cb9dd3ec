// Time as the server and the client see it. Injected everywhere, so that a simulation can own it; nothing here asks
// which kind of time it is. The system clock reads the globals at each call, so that they can be replaced.

/** A source of time. Durations and instants are milliseconds. */
export interface Clock {
  /** Monotonic instant in milliseconds, fractions allowed; its origin means nothing. */
  now(): number
  /** The wall clock, for what people read. */
  date(): Date
  /** Runs `callback` once after `ms` unless the returned function is called first. Does not keep a process alive. */
  after(ms: number, callback: () => void): () => void
  /** Resolves after `ms`. Rejects with `signal.reason` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const aborted = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    }, ms)
    signal?.addEventListener('abort', aborted, { once: true })
  })
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  sleep,
}
