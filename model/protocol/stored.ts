// What the store holds of one session, and what a keyed use does to it: server/store/records.ts in bits, since a search
// asks it a million times. stored.test.ts holds the two against each other.
import type { CallKey } from '../call.ts'
import type { StoreRules } from './rules.ts'

/** The records of one client: bit per seq that has one. */
export interface Kept {
  readonly mark: number
  readonly seqs: number
}

export interface Stored {
  /** It has a value. */
  readonly live: boolean
  /** How often its value holds the effect of each call. */
  readonly effects: readonly number[]
  readonly records: readonly Kept[]
}

const NO_RECORDS: Kept = { mark: 0, seqs: 0 }

export const NOTHING_STORED: Stored = { live: false, effects: [0, 0, 0], records: [NO_RECORDS, NO_RECORDS] }

/** The clients by their place among the records. */
export const FIRST_CLIENT = 0
export const SECOND_CLIENT = 1

export interface KeyedBy {
  readonly client: number
  readonly key: CallKey | undefined
}

/** Whether a keyed use runs here, was done here before, or is refused. */
export function admission(stored: Stored, { client, key }: KeyedBy, rules: StoreRules): 'new' | 'kept' | 'stale' {
  if (!key) return 'new'
  const { mark, seqs } = recordsOf(stored, client, rules)
  if (rules.refuseStale && key.seq < Math.max(mark, key.acknowledgedBelow)) return 'stale'
  return (seqs & (1 << key.seq)) === 0 ? 'new' : 'kept'
}

/** The same session with that use recorded, and what lies below the client's mark forgotten. */
export function recorded(stored: Stored, { client, key }: KeyedBy, rules: StoreRules): Stored {
  if (!key) return stored
  const { mark, seqs } = recordsOf(stored, client, rules)
  const raised = raiseMark({ mark, seqs: seqs | (1 << key.seq) }, Math.max(mark, key.acknowledgedBelow), rules)
  const place = placeOf(client, rules)
  return { ...stored, records: stored.records.map((old, at) => (at === place ? raised : old)) }
}

/** The same session with that call's effect once more. */
export function executed(stored: Stored, call: number): Stored {
  return { ...stored, live: true, effects: stored.effects.map((count, at) => (at === call ? count + 1 : count)) }
}

/** For each client the higher mark, and the union of what is kept above it. */
export function mergedRecords(target: Stored, source: readonly Kept[], rules: StoreRules): Kept[] {
  return target.records.map((ours, client) => {
    const theirs = source[client] ?? NO_RECORDS
    return raiseMark({ mark: ours.mark, seqs: ours.seqs | theirs.seqs }, Math.max(ours.mark, theirs.mark), rules)
  })
}

function raiseMark({ seqs }: Kept, mark: number, { dropBelowMark }: StoreRules): Kept {
  return { mark, seqs: dropBelowMark ? seqs & ~((1 << mark) - 1) : seqs }
}

function recordsOf(stored: Stored, client: number, rules: StoreRules): Kept {
  return stored.records[placeOf(client, rules)] ?? NO_RECORDS
}

function placeOf(client: number, { recordsPerClient }: StoreRules): number {
  return recordsPerClient ? client : FIRST_CLIENT
}
