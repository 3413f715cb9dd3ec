// A session's hash as Redis answers it, read back into what the store works with.
import { z } from 'zod'
import { COUNT_FIELD, parseField, REVISION_FIELD, recordsField } from './keys.ts'
import type { ClientRecords } from './records.ts'

/** A session's whole hash at one moment. */
export interface Snapshot {
  /** '' where there is no hash. */
  readonly revision: string
  readonly live: boolean
  /** Field and JSON text of each value. */
  readonly values: ReadonlyMap<string, string>
  readonly records: ReadonlyMap<string, ClientRecords>
}

/** What the read script answers: the count, then each field asked for. */
export const readReply = z.array(z.string().nullable())

const clientRecords = z.object({
  mark: z.number(),
  replies: z.record(z.string(), z.object({ digest: z.string(), reply: z.string() })),
})

export function isLive(count: string | null | undefined): boolean {
  return count !== null && count !== undefined && count !== '0'
}

/** The records in a field's text, if there is one. */
export function parseRecords(text: string | null | undefined): ClientRecords | undefined {
  return text === null || text === undefined ? undefined : clientRecords.parse(JSON.parse(text))
}

export function snapshot(hash: Readonly<Record<string, string>>): Snapshot {
  const values = new Map<string, string>()
  const records = new Map<string, ClientRecords>()
  for (const [name, text] of Object.entries(hash)) {
    const field = parseField(name)
    if (field.kind === 'value') values.set(name, text)
    if (field.kind === 'records') records.set(field.client, clientRecords.parse(JSON.parse(text)))
  }
  return { revision: hash[REVISION_FIELD] ?? '', live: isLive(hash[COUNT_FIELD]), values, records }
}

/** Field and text of each client's records, as the write script takes them. */
export function recordPairs(records: ReadonlyMap<string, ClientRecords>): string[] {
  return [...records].flatMap(([client, kept]) => [recordsField(client), JSON.stringify(kept)])
}
