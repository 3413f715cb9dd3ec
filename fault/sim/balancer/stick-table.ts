// The balancer's memory of which instance serves which session: entries that expire a while after their last use, and
// the oldest of which goes where there is no room.
import type { StickTableSettings } from './stick-line.ts'

/** A server as a table remembers it: found again by its name, or where no server has that, by its id. */
export interface Remembered {
  readonly name: string
  readonly id: number
}

interface Entry {
  server: Remembered
  /** Infinite where the table has no `expire`. */
  expiresAt: number
  /** When it comes up in the queue of the oldest. A use does not move it there: it is moved when it comes up. */
  queuedAt: number
}

export class StickTable {
  readonly #settings: StickTableSettings
  readonly #entries = new Map<string, Entry>()
  /** No entry expires before. */
  #nextExpiry = Number.POSITIVE_INFINITY

  constructor(settings: StickTableSettings) {
    this.#settings = settings
  }

  /** How many entries there are. */
  used(now: number): number {
    this.#expire(now)
    return this.#entries.size
  }

  /** What `show table` shows: the key, the server, and how long it is kept. */
  entries(now: number): { readonly key: string; readonly server: Remembered; readonly leftMs: number }[] {
    this.#expire(now)
    return [...this.#entries].map(([key, { server, expiresAt }]) => ({ key, server, leftMs: expiresAt - now }))
  }

  /** The server that a request's key leads to. To be asked for is a use, whatever becomes of the request. */
  match(key: string, now: number): Remembered | undefined {
    this.#expire(now)
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#use(entry, now)
    return entry.server
  }

  /** What a response teaches, also where that is known: the last one to answer is who is remembered. */
  store(key: string, server: Remembered, now: number): void {
    this.#expire(now)
    // HAProxy makes room for a new entry before it looks whether there is one.
    if (this.#entries.size >= this.#settings.size && !this.#makeRoom(now)) return
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      const expiresAt = this.#expiry(now)
      this.#entries.set(key, { server, expiresAt, queuedAt: expiresAt })
      this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt)
    } else {
      entry.server = server
      this.#use(entry, now)
    }
  }

  /** As `clear table` does. */
  clear(): void {
    this.#entries.clear()
    this.#nextExpiry = Number.POSITIVE_INFINITY
  }

  #expiry(now: number): number {
    return now + (this.#settings.expireMs ?? Number.POSITIVE_INFINITY)
  }

  #use(entry: Entry, now: number): void {
    comeUp(entry, now)
    entry.expiresAt = this.#expiry(now)
  }

  #expire(now: number): void {
    if (now < this.#nextExpiry) return
    let next = Number.POSITIVE_INFINITY
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key)
      else next = Math.min(next, expiresAt)
    }
    this.#nextExpiry = next
  }

  /**
   * Drops the oldest, one in 256, and says whether any went. One that was used since it was queued is queued again
   * instead, and after twice as many looks as are to go HAProxy gives up: a full table in use takes no new entry then.
   */
  #makeRoom(now: number): boolean {
    const batch = Math.floor(this.#settings.size / 256) + 1
    for (const entry of this.#entries.values()) comeUp(entry, now)
    const queue = [...this.#entries].toSorted(([, one], [, other]) => one.queuedAt - other.queuedAt)
    let dropped = 0
    for (let looks = 0; looks < 2 * batch && dropped < batch; looks++) {
      const [key, entry] = queue.shift() ?? []
      if (key === undefined || entry === undefined) break
      if (entry.queuedAt === entry.expiresAt) {
        this.#entries.delete(key)
        dropped++
        continue
      }
      entry.queuedAt = entry.expiresAt
      const later = queue.findIndex(([, { queuedAt }]) => queuedAt > entry.queuedAt)
      queue.splice(later === -1 ? queue.length : later, 0, [key, entry])
    }
    return dropped > 0
  }
}

/** What came up in the queue meanwhile and had not expired was queued again, by what it was used until then. */
function comeUp(entry: Entry, now: number): void {
  if (entry.queuedAt <= now) entry.queuedAt = entry.expiresAt
}
