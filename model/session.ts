// What one session's state is and what a call does to it: values, and the replies kept for keyed calls.
// One world, no doubt and no time; see world.ts for what may be.
import type { Analysis, Answer, Call, CallKey } from './call.ts'
import { analysisOf } from './call.ts'
import type { Interval } from './deadline.ts'

export interface Values {
  readonly counter?: number
  readonly notes?: readonly string[]
  readonly analysis?: Analysis
}

/** What is kept of one client's keyed calls: below `mark` all is forgotten and refused, above it replies are repeated. */
interface ClientRecords {
  readonly mark: number
  readonly replies: ReadonlyMap<number, Answer>
}

export type Records = ReadonlyMap<string, ClientRecords>

/** A live session: at least one value. A session without values is none. */
export interface SessionState {
  readonly values: Values
  readonly records: Records
  readonly deadline: Interval
}

export const NO_VALUES: Values = {}
export const NO_RECORDS: Records = new Map()

export function countValues(values: Values): number {
  return Object.values(values).filter((value) => value !== undefined).length
}

/** A call that writes, done once on these values. `undefined` for a call that only reads. */
export function execute(call: Call, values: Values): { values: Values; answer: Answer } | undefined {
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
      const analysis = analysisOf(call.items)
      return { values: { ...values, analysis }, answer: { kind: 'analysis', analysis } }
    }
    default:
      return undefined
  }
}

/** What a reading call is answered on these values. `undefined` for a call that is no single read. */
export function look(call: Call, values: Values): Answer | undefined {
  switch (call.kind) {
    case 'getCounter':
    case 'watch':
      return { kind: 'counter', counter: values.counter ?? 0 }
    case 'listNotes':
      return { kind: 'notes', notes: values.notes ?? [] }
    case 'summary':
      return {
        kind: 'summary',
        counter: values.counter ?? 0,
        notes: values.notes ?? [],
        analysis: values.analysis ?? null,
      }
    default:
      return undefined
  }
}

export type Admission =
  | { readonly kind: 'new' }
  | { readonly kind: 'replay'; readonly answer: Answer }
  | { readonly kind: 'stale' }

/** Whether a call with this key runs here, is answered from its record, or is refused. */
export function admit(records: Records, key: CallKey | undefined): Admission {
  const own = key && records.get(key.client)
  if (!own) return { kind: 'new' }
  if (key.seq < own.mark) return { kind: 'stale' }
  const answer = own.replies.get(key.seq)
  return answer ? { kind: 'replay', answer } : { kind: 'new' }
}

/** The records after this call was executed here: its reply kept, all below its client's mark forgotten. */
export function remember(records: Records, key: CallKey | undefined, answer: Answer): Records {
  if (!key) return records
  const own = records.get(key.client)
  const mark = Math.max(own?.mark ?? 0, key.acknowledgedBelow)
  const replies = new Map([...(own?.replies ?? []), [key.seq, answer]])
  return new Map(records).set(key.client, above(mark, replies))
}

function above(mark: number, replies: ReadonlyMap<number, Answer>): ClientRecords {
  return { mark, replies: new Map([...replies].filter(([seq]) => seq >= mark)) }
}

/** Both sessions' records: for each client the higher mark and the union of its replies above it. */
export function mergeRecords(from: Records, to: Records): Records {
  const merged = new Map(to)
  for (const [client, theirs] of from) {
    const ours = to.get(client)
    const mark = Math.max(ours?.mark ?? 0, theirs.mark)
    merged.set(client, above(mark, new Map([...(ours?.replies ?? []), ...theirs.replies])))
  }
  return merged
}
