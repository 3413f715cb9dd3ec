// Members with a score each. Nothing asks for their order, so none is kept; the lowest score is, because each write of a
// session asks for what lies below now, and mostly nothing does.

/** One end of a range of scores. */
export interface Bound {
  readonly score: number
  readonly itself: 'included' | 'excluded'
}

export interface ScoreRange {
  readonly from: Bound
  readonly to: Bound
}

export class SortedSet {
  readonly #scores = new Map<string, number>()
  /** No score is lower; one may have been. */
  #lowest = Number.POSITIVE_INFINITY

  get size(): number {
    return this.#scores.size
  }

  score(member: string): number | undefined {
    return this.#scores.get(member)
  }

  /** As Redis packs a small sorted set, zero loses its sign. */
  set(member: string, score: number): void {
    this.#scores.set(member, score + 0)
    if (score < this.#lowest) this.#lowest = score
  }

  delete(member: string): boolean {
    return this.#scores.delete(member)
  }

  count(range: ScoreRange): number {
    let count = 0
    for (const score of this.#scores.values()) if (includes(range, score)) count++
    return count
  }

  deleteRange(range: ScoreRange): number {
    if (this.#lowest > range.to.score) return 0
    const before = this.#scores.size
    let lowest = Number.POSITIVE_INFINITY
    for (const [member, score] of this.#scores) {
      if (includes(range, score)) this.#scores.delete(member)
      else if (score < lowest) lowest = score
    }
    this.#lowest = lowest
    return before - this.#scores.size
  }
}

function includes({ from, to }: ScoreRange, score: number): boolean {
  if (score < from.score || score > to.score) return false
  if (score === from.score && from.itself === 'excluded') return false
  return !(score === to.score && to.itself === 'excluded')
}
