// Everything that will happen, in one order: by virtual microsecond, and within one by who was first to ask. No two
// events are equal, so that nothing is ever left to the accident of a microtask.

export interface Event {
  /** Virtual microsecond. */
  readonly at: number
  readonly sequence: number
  /** In a few words, for the report of a hang. */
  readonly what: string
  readonly happen: () => void
}

/** A binary heap. */
export class EventQueue {
  readonly #events: Event[] = []

  get size(): number {
    return this.#events.length
  }

  /** What waits, soonest first. */
  pending(): Event[] {
    return this.#events.toSorted(compare)
  }

  push(event: Event): void {
    const events = this.#events
    let at = events.length
    events.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = events[parent]
      if (above === undefined || compare(above, event) <= 0) break
      events[at] = above
      at = parent
    }
    events[at] = event
  }

  pop(): Event | undefined {
    const [first] = this.#events
    const last = this.#events.pop()
    if (last !== undefined && this.#events.length > 0) this.#sink(last)
    return first
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
