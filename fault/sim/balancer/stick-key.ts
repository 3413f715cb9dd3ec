// The key under which a stick table keeps a session: what of the header counts, hashed or not, and cut to the length
// that the table has. Keys are kept in a form in which equal ones are equal strings.
import { createHash } from 'node:crypto'
import type { KeyExpression, StickTableSettings } from './stick-line.ts'

/**
 * @param values what the message has under the header's name, one for each line of it, in their order.
 * @returns undefined where it has none: an empty value is a value, and all that have one share an entry.
 */
export function stickKey(
  { fetch, digest }: KeyExpression,
  { type, length }: StickTableSettings,
  values: readonly string[],
): string | undefined {
  const last = values.at(-1)?.replace(/^[ \t]+|[ \t]+$/g, '')
  if (last === undefined) return undefined
  const sample = Buffer.from(fetch === 'hdr' ? lastOfList(last) : last, 'latin1')
  const hashed = digest === 'none' ? sample : createHash('sha256').update(sample).digest()
  if (type === 'binary') return Buffer.concat([hashed, Buffer.alloc(length)], length).toString('hex')
  // A table of strings takes a digest as a string too, which ends at its first byte that is zero.
  return hashed.toString('latin1').replace(/\0.*/s, '').slice(0, length)
}

/** Commas within double quotes separate nothing. */
function lastOfList(value: string): string {
  let start = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at)
    if (isQuoted && character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (character === ',' && !isQuoted) start = at + 1
  }
  return value.slice(start).replace(/^[ \t]+/, '')
}
