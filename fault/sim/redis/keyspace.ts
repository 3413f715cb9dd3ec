// One database: values by key, and the millisecond after which a key is gone. As in Redis a key can still be read in the
// very millisecond of its deadline. Times are whole milliseconds and come with each question.
import { SortedSet } from './sorted-set.ts'

export type Value =
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'zset'; readonly scores: SortedSet }

interface Entry {
  readonly value: Value
  deadline: number | undefined
}

export class Keyspace {
  readonly #entries = new Map<string, Entry>()

  find(key: string, now: number): Value | undefined {
    return this.#entry(key, now)?.value
  }

  /** The value of a key, an empty one of that type where there is none. */
  findOrCreate(key: string, type: Value['type'], now: number): Value {
    const found = this.#entry(key, now)
    if (found !== undefined) return found.value
    const value: Value = type === 'hash' ? { type, fields: new Map() } : { type, scores: new SortedSet() }
    this.#entries.set(key, { value, deadline: undefined })
    return value
  }

  /** Whether there was one. */
  delete(key: string, now: number): boolean {
    return this.#entry(key, now) !== undefined && this.#entries.delete(key)
  }

  deadline(key: string, now: number): number | undefined {
    return this.#entry(key, now)?.deadline
  }

  setDeadline(key: string, deadline: number, now: number): void {
    const entry = this.#entry(key, now)
    if (entry !== undefined) entry.deadline = deadline
  }

  size(now: number): number {
    return this.keys(now).length
  }

  keys(now: number): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.#entry(key, now) !== undefined)
  }

  clear(): void {
    this.#entries.clear()
  }

  #entry(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry?.deadline === undefined || now <= entry.deadline) return entry
    this.#entries.delete(key)
    return undefined
  }
}
