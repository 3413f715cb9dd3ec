// Which server a request goes to that no stick table sends anywhere: the usable ones of a backend in HAProxy's order,
// which is that of its trees, so that ties fall as they do there.

interface Candidate {
  readonly id: number
  served: number
  isUsable: boolean
  /** Among equals the one goes first that has been where it is for longest. */
  since: number
}

export class Choice {
  readonly #balance: 'leastconn' | 'roundrobin'
  readonly #candidates: Map<number, Candidate>
  #moves: number

  /** All servers are usable until it is told otherwise. */
  constructor(balance: 'leastconn' | 'roundrobin', ids: readonly number[]) {
    this.#balance = balance
    this.#candidates = new Map(ids.map((id, since) => [id, { id, served: 0, isUsable: true, since }]))
    this.#moves = ids.length
  }

  /** What `nbsrv` counts: draining ones are no longer usable for others than their own sessions. */
  get usable(): number {
    return [...this.#candidates.values()].filter(({ isUsable }) => isUsable).length
  }

  /** How many requests a server runs, those that connect included. */
  served(id: number): number {
    return this.#candidate(id).served
  }

  becomes(id: number, state: 'usable' | 'not usable'): void {
    const candidate = this.#candidate(id)
    const isUsable = state === 'usable'
    if (isUsable && !candidate.isUsable) candidate.since = this.#moves++
    candidate.isUsable = isUsable
  }

  /** The next one; `avoided` has just failed and is taken only where no other is left. Undefined: none is usable. */
  next(avoided?: number): number | undefined {
    const usable = [...this.#candidates.values()].filter(({ isUsable }) => isUsable)
    const load = ({ served }: Candidate) => (this.#balance === 'leastconn' ? served : 0)
    usable.sort((one, other) => load(one) - load(other) || one.since - other.since)
    const chosen = usable.find(({ id }) => id !== avoided) ?? usable[0]
    if (chosen !== undefined && this.#balance === 'roundrobin') chosen.since = this.#moves++
    return chosen?.id
  }

  /** A request was assigned to it, by `next` or by its session. */
  take(id: number): void {
    this.#serve(this.#candidate(id), 1)
  }

  /** A request that was assigned to it has ended, or goes elsewhere. */
  drop(id: number): void {
    this.#serve(this.#candidate(id), -1)
  }

  #serve(candidate: Candidate, more: 1 | -1): void {
    candidate.served += more
    if (this.#balance === 'leastconn') candidate.since = this.#moves++
  }

  #candidate(id: number): Candidate {
    const candidate = this.#candidates.get(id)
    if (candidate === undefined) throw new Error(`no server of this backend has the id ${id}`)
    return candidate
  }
}
