// Gives each call its idempotency key, and knows the mark below which the server may forget: the lowest seq that has
// not ended.
import type { CallKey } from '../wire/call-key.ts'

export class KeyRing {
  readonly #client: string
  readonly #live = new Set<number>()
  #next = 1
  #mark = 1

  constructor(client: string) {
    this.#client = client
  }

  /** The key of a new call. It holds the mark back until it is released. */
  take(): CallKey {
    const seq = this.#next++
    this.#live.add(seq)
    return { client: this.#client, seq, acknowledgedBelow: this.#mark }
  }

  /** The call has ended for the caller and will not be sent again. */
  release(key: CallKey): void {
    this.#live.delete(key.seq)
    while (this.#mark < this.#next && !this.#live.has(this.#mark)) this.#mark++
  }
}
