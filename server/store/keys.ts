// How ids and names are spelt in Redis. Any string is legal and no two share a spelling: UTF-8 would make one of all
// lone surrogates, so what holds one is spelt as JSON, under a prefix that no well-formed id can get.

/** The sorted set of all sessions' deadlines. */
export const DEADLINES_KEY = 'mcp:deadlines'

/** Field that holds the revision, which every change of the hash raises. */
export const REVISION_FIELD = 'r'

/** Field that holds how many values the hash has: a session with none is not live. */
export const COUNT_FIELD = 'n'

const VALUE_PREFIX = 'v'
const RECORDS_PREFIX = 'c'

/** The key of a session's hash. */
export function sessionKey(id: string): string {
  return /\p{Surrogate}/u.test(id) ? `mcp:session-json:${JSON.stringify(id)}` : `mcp:session:${id}`
}

/** The field of one value. */
export function valueField(key: string): string {
  return VALUE_PREFIX + JSON.stringify(key)
}

/** The field of one client's records. */
export function recordsField(client: string): string {
  return RECORDS_PREFIX + JSON.stringify(client)
}

/** What a field of the hash holds. */
export type Field =
  | { readonly kind: 'value'; readonly key: string }
  | { readonly kind: 'records'; readonly client: string }
  | { readonly kind: 'bookkeeping' }

/** Reads a field's name back. */
export function parseField(field: string): Field {
  const rest = field.slice(1)
  if (field.startsWith(VALUE_PREFIX)) return { kind: 'value', key: JSON.parse(rest) }
  if (field.startsWith(RECORDS_PREFIX)) return { kind: 'records', client: JSON.parse(rest) }
  return { kind: 'bookkeeping' }
}
