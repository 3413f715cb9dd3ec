// The store of the reference system: one timeline, no doubt, nothing of the model's code. It can be told to lie in one way.
import type { Analysis, Answer, Call, CallKey, SessionId } from '../call.ts'
import type { Timeline } from './timeline.ts'

export const LIES = [
  'counterTooHigh',
  'counterTooLow',
  'writeDropped',
  'executedTwice',
  'recordsNotCopied',
  'lateWriteOnSuccessor',
  'copiesAnother',
  'readDoesNotSlide',
  'peekSlides',
  'expiresEarly',
  'neverExpires',
] as const

/** One way in which the system breaks its promises. */
export type Lie = (typeof LIES)[number] | 'none'

export interface Values {
  readonly counter?: number
  readonly notes?: readonly string[]
  readonly analysis?: Analysis
}

type Records = ReadonlyMap<string, { readonly mark: number; readonly replies: ReadonlyMap<number, Answer> }>

export interface State {
  readonly values: Values
  readonly records: Records
  deadline: number
  /** Where it is without the lie. */
  trueDeadline: number
}

type Request = { readonly key: CallKey | undefined }
/** Session state as the contract has it, but for the lie. */
export class Store {
  /** How often the lie made a difference. */
  shown = 0
  #chances = 0
  /** Which calls are new to which sessions only because of the lie. */
  readonly #lost = new Set<string>()
  readonly #sessions = new Map<string, State>()
  readonly #successors = new Map<string, string>()
  readonly #clock: Timeline
  readonly #ttlMs: number
  readonly #lie: Lie
  readonly #chance: number

  constructor(clock: Timeline, { ttlMs, chance }: { readonly ttlMs: number; readonly chance: number }, lie: Lie) {
    this.#clock = clock
    this.#ttlMs = ttlMs
    this.#lie = lie
    this.#chance = chance
  }

  read(id: SessionId, by: 'owner' | 'peek'): Values {
    const state = this.#live(id)
    if (state) this.#slide(state, by)
    return state?.values ?? {}
  }

  kept(id: SessionId, key: CallKey | undefined): Answer | undefined {
    return key && this.#live(id)?.records.get(key.client)?.replies.get(key.seq)
  }

  /** Once where it has a key; undefined where that is below its client's mark. */
  update(asked: SessionId, call: Call, key: CallKey | undefined): Answer | undefined {
    const successor = this.#successors.get(asked)
    const id = successor !== undefined && this.#lies('lateWriteOnSuccessor') ? successor : asked
    const state = this.#live(id)
    if (isStale(state, key)) return undefined
    const kept = id === asked ? this.kept(id, key) : undefined
    if (state && kept && !this.#lies('executedTwice')) {
      this.#slide(state, 'owner')
      return kept
    }
    if (this.#lost.has(`${id} ${key?.client} ${key?.seq}`)) this.shown++
    const { values, answer } = execute(call, state?.values ?? {})
    const stored = this.#lies('writeDropped') ? (state?.values ?? {}) : values
    this.#write(id, stored, remember(state?.records ?? new Map(), key, answer))
    if (answer.kind !== 'counter') return answer
    if (this.#lies('counterTooHigh')) return { ...answer, counter: answer.counter + 1 }
    return this.#lies('counterTooLow') ? { ...answer, counter: answer.counter - 1 } : answer
  }

  snapshot(from: SessionId): State | undefined {
    if (this.#lie !== 'copiesAnother') return this.#live(from)
    const another = [...this.#sessions.keys()].find((id) => id !== from && this.#live(id))
    return this.#live(another !== undefined && this.#lies('copiesAnother') ? another : from)
  }

  copy(source: State | undefined, { from, to, key }: Request & { from: SessionId; to: SessionId }): Answer | undefined {
    const target = this.#live(to)
    if (isStale(target, key)) return undefined
    const kept = this.kept(to, key)
    if (target) this.#slide(target, 'owner')
    const answer: Answer = kept ?? { kind: 'resumed', keysCopied: Object.keys(source?.values ?? {}).length }
    if (kept || (!source && !target)) return answer
    const carried = this.#lie === 'recordsNotCopied' ? this.#lose(source, to) : source?.records
    const records = merged(target?.records ?? new Map(), carried ?? new Map())
    this.#write(to, { ...target?.values, ...source?.values }, remember(records, key, answer))
    this.#successors.set(from, to)
    return answer
  }

  #lose(source: State | undefined, to: SessionId): undefined {
    for (const [client, { replies }] of source?.records ?? []) {
      for (const seq of replies.keys()) this.#lost.add(`${to} ${client} ${seq}`)
    }
  }

  #live(id: SessionId): State | undefined {
    const state = this.#sessions.get(id)
    if (!state || Object.keys(state.values).length === 0) return undefined
    const isLive = this.#clock.now < state.deadline
    if (isLive !== this.#clock.now < state.trueDeadline) this.shown++
    return isLive ? state : undefined
  }

  #write(id: SessionId, values: Values, records: Records): void {
    const old = this.#live(id)
    const state = { values, records, deadline: old?.deadline ?? 0, trueDeadline: old?.trueDeadline ?? 0 }
    this.#sessions.set(id, state)
    this.#slide(state, 'writer')
  }

  #slide(state: State, by: 'owner' | 'peek' | 'writer'): void {
    const { now } = this.#clock
    if (by !== 'peek') state.trueDeadline = now + this.#ttlMs
    if (by === 'peek' && this.#lie !== 'peekSlides') return
    if (by === 'owner' && this.#lie === 'readDoesNotSlide') return
    const lived = this.#lie === 'expiresEarly' ? 2 / 3 : this.#lie === 'neverExpires' ? Number.POSITIVE_INFINITY : 1
    state.deadline = now + this.#ttlMs * lived
  }

  #lies(lie: Lie): boolean {
    if (this.#lie !== lie || this.#chances++ !== this.#chance) return false
    this.shown++
    return true
  }
}

function isStale(state: State | undefined, key: CallKey | undefined): boolean {
  return key !== undefined && key.seq < (state?.records.get(key.client)?.mark ?? 0)
}

function execute(call: Call, values: Values): { values: Values; answer: Answer } {
  switch (call.kind) {
    case 'increment': {
      const counter = (values.counter ?? 0) + 1
      return { values: { ...values, counter }, answer: { kind: 'counter', counter } }
    }
    case 'addNote': {
      const notes = [...(values.notes ?? []), call.note]
      return { values: { ...values, notes }, answer: { kind: 'notesCount', count: notes.length } }
    }
    case 'analyze': {
      let totalScore = 0
      for (let item = 1; item <= call.items; item++) totalScore += 1.5 * item
      const analysis = { items: call.items, totalScore }
      return { values: { ...values, analysis }, answer: { kind: 'analysis', analysis } }
    }
    default:
      throw new Error(`${call.kind} writes nothing`)
  }
}

function remember(records: Records, key: CallKey | undefined, answer: Answer): Records {
  if (!key) return records
  const replies = new Map([...(records.get(key.client)?.replies ?? []), [key.seq, answer] as const])
  return merged(records, new Map([[key.client, { mark: key.acknowledgedBelow, replies }]]))
}

function merged(ours: Records, theirs: Records): Records {
  const all = new Map(ours)
  for (const [client, { mark: theirMark, replies }] of theirs) {
    const mark = Math.max(ours.get(client)?.mark ?? 0, theirMark)
    const both = [...(ours.get(client)?.replies ?? []), ...replies]
    all.set(client, { mark, replies: new Map(both.filter(([seq]) => seq >= mark)) })
  }
  return all
}
