// Everything that will happen, in one order: by virtual microsecond, and within one by who was first to ask. No two
// events are equal, so that nothing is ever left to the accident of a microtask.

import type { Life } from './host.ts'

export interface Event {
  /** Virtual microsecond. */
  readonly at: number
  readonly sequence: number
  /** In a few words, for the report of a hang. */
  readonly what: string
  /** Whose it is; undefined for the harness. */
  readonly life: Life | undefined
  readonly happen: () => void
  isCancelled: boolean
}

/** So few cancelled events are not worth a look. */
const TOLERATED = 256

/** A binary heap. Most timers are cancelled long before they are due: those are taken out once they are the majority. */
export class EventQueue {
  #events: Event[] = []
  #cancelled = 0

  /** What waits, soonest first. */
  pending(): Event[] {
    return this.#events.filter(({ isCancelled }) => !isCancelled).toSorted(compare)
  }

  push(event: Event): void {
    this.#events.push(event)
    this.#rise(event, this.#events.length - 1)
  }

  /** It will not happen. */
  cancel(event: Event): void {
    if (event.isCancelled) return
    event.isCancelled = true
    this.#cancelled++
    if (this.#cancelled > TOLERATED && 2 * this.#cancelled > this.#events.length) this.#compact()
  }

  /** The next one that was not cancelled. */
  pop(): Event | undefined {
    for (;;) {
      const first = this.#events[0]
      const last = this.#events.pop()
      if (first === undefined || last === undefined) return undefined
      if (first !== last) this.#sink(last)
      if (!first.isCancelled) return first
      this.#cancelled--
    }
  }

  #compact(): void {
    const kept = this.#events.filter(({ isCancelled }) => !isCancelled)
    // A sorted array is a heap.
    this.#events = kept.sort(compare)
    this.#cancelled = 0
  }

  #rise(event: Event, from: number): void {
    const events = this.#events
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = events[parent]
      if (above === undefined || compare(above, event) <= 0) break
      events[at] = above
      at = parent
    }
    events[at] = event
  }

  #sink(event: Event): void {
    const events = this.#events
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const child = soonerOf(events, left, left + 1)
      const below = events[child]
      if (below === undefined || compare(event, below) <= 0) break
      events[at] = below
      at = child
    }
    events[at] = event
  }
}

function compare(one: Event, other: Event): number {
  return one.at - other.at || one.sequence - other.sequence
}

function soonerOf(events: readonly Event[], left: number, right: number): number {
  const [one, other] = [events[left], events[right]]
  return one !== undefined && other !== undefined && compare(other, one) < 0 ? right : left
}
