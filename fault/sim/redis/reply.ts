// What Redis answers, before a protocol is chosen for it. Texts are bytes: each character of a string is one byte.

export type Reply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'bulk'; readonly bytes: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'array'; readonly items: readonly Reply[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Reply, Reply])[] }
  | { readonly kind: 'set'; readonly items: readonly Reply[] }
  | { readonly kind: 'big number'; readonly digits: string }
  | { readonly kind: 'verbatim'; readonly format: string; readonly text: string }

export const OK: Reply = { kind: 'status', text: 'OK' }
export const NULL: Reply = { kind: 'null' }

export function integer(value: number | bigint): Reply {
  return { kind: 'integer', value }
}

export function bulk(bytes: string): Reply {
  return { kind: 'bulk', bytes }
}

/** A text that may not be there. */
export function bulkOrNull(bytes: string | undefined): Reply {
  return bytes === undefined ? NULL : { kind: 'bulk', bytes }
}

export function array(items: readonly Reply[]): Reply {
  return { kind: 'array', items }
}

export function error(message: string): Reply {
  return { kind: 'error', message }
}

export const WRONGTYPE = error('WRONGTYPE Operation against a key holding the wrong kind of value')
export const NOT_AN_INTEGER = error('ERR value is not an integer or out of range')
export const SYNTAX_ERROR = error('ERR syntax error')
