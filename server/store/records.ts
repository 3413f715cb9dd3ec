// What a session remembers of the keyed calls it has executed, as in RIFL: per client the mark, and the replies of the
// calls at or above it. Pure, and the same for every store; replies are JSON text, so that nobody can change them.
import { type Once, StoreError } from './contract.ts'

interface KeptReply {
  readonly digest: string
  readonly reply: string
}

/** The records of one client in one session. */
export interface ClientRecords {
  readonly mark: number
  readonly replies: Readonly<Record<string, KeptReply>>
}

const noRecords: ClientRecords = { mark: 0, replies: {} }

function raiseMark(records: ClientRecords, mark: number): ClientRecords {
  const kept = Object.entries(records.replies).filter(([seq]) => Number(seq) >= mark)
  return { mark, replies: Object.fromEntries(kept) }
}

/**
 * The JSON text of the reply kept for that call, if any.
 * @throws StoreError `stale` below the client's mark, `key_reused` where the same seq was another call.
 */
export function keptReply(records: ClientRecords | undefined, once: Once): string | undefined {
  const mark = Math.max(records?.mark ?? 0, once.acknowledgedBelow)
  if (once.seq < mark) {
    throw new StoreError('stale', `Call ${once.seq} lies below its client's mark ${mark}: it has ended already`)
  }
  const kept = records?.replies[once.seq]
  if (kept !== undefined && kept.digest !== once.digest) {
    throw new StoreError('key_reused', `Call ${once.seq} was made before with another tool or other arguments`)
  }
  return kept?.reply
}

/** The records with that call's reply among them, and nothing below the client's mark. */
export function keepReply(records: ClientRecords | undefined, once: Once, reply: string): ClientRecords {
  const { mark, replies } = records ?? noRecords
  const kept = { mark, replies: { ...replies, [once.seq]: { digest: once.digest, reply } } }
  return raiseMark(kept, Math.max(mark, once.acknowledgedBelow))
}

/** The higher mark and the union of the replies; where both have one, the source's, as its values win too. */
export function mergeRecords(target: ClientRecords | undefined, source: ClientRecords): ClientRecords {
  const { mark, replies } = target ?? noRecords
  const union = { mark, replies: { ...replies, ...source.replies } }
  return raiseMark(union, Math.max(mark, source.mark))
}
