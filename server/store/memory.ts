// Session state in this process: the store of a single instance, and the plainest reading of the contract.
// Values are kept as JSON text, so that what a caller holds and what the store holds can never be one object.
import type { Clock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import { systemClock } from '../system.ts'
import { type Change, type Once, type SessionStore, type Slide, StoreError, type Write } from './contract.ts'
import { type ClientRecords, keepReply, keptReply, mergeRecords } from './records.ts'

interface SessionState {
  deadline: number
  readonly values: Map<string, string>
  readonly records: Map<string, ClientRecords>
}

/** A {@link SessionStore} that lives and dies with its process. */
export class MemorySessionStore implements SessionStore {
  readonly #clock: Clock
  readonly #sessions = new Map<string, SessionState>()
  #stopSweep: (() => void) | undefined
  #closed = false

  constructor(options: { readonly clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock
  }

  async read(id: string, keys: readonly string[], options: Partial<Slide> = {}): Promise<Map<string, Json>> {
    const state = this.#find(id)
    if (state !== undefined && options.ttl !== undefined) this.#slide(state, options.ttl)
    const found = new Map<string, Json>()
    for (const key of keys) {
      const text = state?.values.get(key)
      if (text !== undefined) found.set(key, JSON.parse(text))
    }
    return found
  }

  async keys(id: string): Promise<string[]> {
    return [...(this.#find(id)?.values.keys() ?? [])]
  }

  async set(id: string, key: string, value: Json, { ttl }: Slide): Promise<void> {
    this.#write(id, ttl).values.set(key, JSON.stringify(value))
  }

  async delete(id: string, key: string, options: Partial<Slide> = {}): Promise<void> {
    const state = this.#find(id)
    if (state === undefined) return
    if (options.ttl !== undefined) this.#slide(state, options.ttl)
    state.values.delete(key)
    if (state.values.size === 0 && state.records.size === 0) this.#sessions.delete(id)
  }

  async update<Reply extends Json>(id: string, key: string, change: Change<Reply>, options: Write): Promise<Reply> {
    const { ttl, once } = options
    const state = this.#find(id)
    const kept = once && keptReply(state?.records.get(once.client), once)
    if (state !== undefined && kept !== undefined) {
      this.#slide(state, ttl)
      const reply: Reply = JSON.parse(kept)
      return reply
    }
    const text = state?.values.get(key)
    const { value, reply } = change(text === undefined ? undefined : JSON.parse(text))
    const written = this.#write(id, ttl)
    written.values.set(key, JSON.stringify(value))
    if (once !== undefined) this.#keep(written, once, reply)
    return reply
  }

  async recorded(id: string, once: Once): Promise<Json | undefined> {
    const kept = keptReply(this.#find(id)?.records.get(once.client), once)
    return kept === undefined ? undefined : JSON.parse(kept)
  }

  async copySession(from: string, to: string, { ttl, once }: Write): Promise<number> {
    const target = this.#find(to)
    const kept = once && keptReply(target?.records.get(once.client), once)
    if (target !== undefined) this.#slide(target, ttl)
    if (kept !== undefined) return Number(JSON.parse(kept))
    const source = this.#find(from)
    const count = source?.values.size ?? 0
    const live = target !== undefined && target.values.size > 0
    if (source !== undefined && count > 0) {
      const written = this.#write(to, ttl)
      for (const [key, text] of source.values) written.values.set(key, text)
      for (const [client, records] of source.records) {
        written.records.set(client, mergeRecords(written.records.get(client), records))
      }
      if (once !== undefined) this.#keep(written, once, count)
    } else if (live && once !== undefined) {
      this.#keep(target, once, 0)
    }
    return count
  }

  async sessionCount(): Promise<number> {
    this.#open()
    const now = this.#clock.now()
    return [...this.#sessions.values()].filter((state) => state.deadline > now && state.values.size > 0).length
  }

  async ping(): Promise<void> {
    this.#open()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopSweep?.()
    this.#sessions.clear()
  }

  #open(): void {
    if (this.#closed) throw new StoreError('store_unavailable', 'The store is closed')
  }

  #find(id: string): SessionState | undefined {
    this.#open()
    const state = this.#sessions.get(id)
    return state !== undefined && state.deadline > this.#clock.now() ? state : undefined
  }

  #slide(state: SessionState, ttl: number): void {
    if (state.values.size > 0) state.deadline = this.#clock.now() + ttl
  }

  #keep(state: SessionState, once: Once, reply: Json): void {
    state.records.set(once.client, keepReply(state.records.get(once.client), once, JSON.stringify(reply)))
  }

  #write(id: string, ttl: number): SessionState {
    const state = this.#find(id) ?? { deadline: 0, values: new Map(), records: new Map() }
    state.deadline = this.#clock.now() + ttl
    this.#sessions.set(id, state)
    this.#stopSweep ??= this.#clock.after(ttl, () => this.#sweep(ttl))
    return state
  }

  // Reads see no expired session anyway; this only gives the memory back.
  #sweep(ttl: number): void {
    const now = this.#clock.now()
    for (const [id, state] of this.#sessions) if (state.deadline <= now) this.#sessions.delete(id)
    this.#stopSweep = this.#sessions.size > 0 ? this.#clock.after(ttl, () => this.#sweep(ttl)) : undefined
  }
}
