// The lines of a stick table: what it holds, and what is looked up in it and stored there.
import type { Line } from './line.ts'

export interface StickTableSettings {
  readonly type: 'binary' | 'string'
  /** Bytes of a key that count. */
  readonly length: number
  readonly size: number
  /** Undefined: an entry stays until the table is full. */
  readonly expireMs: number | undefined
  /** The `peers` section that hands it on over a reload. */
  readonly peers: string | undefined
}

/** What a key is made of. */
export interface KeyExpression {
  /** In lower case. */
  readonly header: string
  /** Whether commas split a header's value, or it is taken whole. */
  readonly fetch: 'hdr' | 'fhdr'
  readonly digest: 'sha2(256)' | 'none'
}

export interface StickRule {
  readonly does: 'match' | 'store-response'
  readonly key: KeyExpression
  /** The backend whose table it is. */
  readonly table: string
}

const DEFAULT_LENGTH = { string: 31, binary: 32 } as const

/** The rest of a `stick-table` line. */
export function readStickTable(line: Line): StickTableSettings {
  line.oneOf('type')
  const type = line.oneOf('binary', 'string')
  let length: number = DEFAULT_LENGTH[type]
  if (line.take('len')) length = line.integer('the length of a key', { least: 1 })
  let size: number | undefined
  let expireMs: number | undefined
  let peers: string | undefined
  while (!line.isAtEnd) {
    const argument = line.oneOf('size', 'expire', 'peers')
    if (argument === 'size') size = line.size('the size of the table')
    else if (argument === 'expire') expireMs = line.duration('expire', { least: 1 })
    else peers = line.word('the name of a peers section')
  }
  if (size === undefined) return line.refuse('size is missing: stick-table type TYPE [len N] size N [expire DURATION]')
  return { type, length, size, expireMs, peers }
}

const EXPRESSION = /^(req\.|res\.|(?=hdr))(f?hdr)\(([\w-]+)\)(,sha2\(256\))?$/

/** The rest of a `stick` line of that backend. */
export function readStickRule(line: Line, backend: string): StickRule {
  const does = line.oneOf('match', 'store-response')
  const of = does === 'match' ? 'req' : 'res'
  const accepted = `${of}.fhdr(HEADER) or ${of}.hdr(HEADER), and after it ,sha2(256) or nothing,`
  const [, side, fetch, header = '', digest] = line.matching(EXPRESSION, accepted)
  if (side !== '' && side !== `${of}.`) return line.refuse(`${accepted} is expected`)
  const table = line.take('table') ? line.word('the name of a backend') : backend
  const key: KeyExpression = {
    header: header.toLowerCase(),
    fetch: fetch === 'fhdr' ? 'fhdr' : 'hdr',
    digest: digest === undefined ? 'none' : 'sha2(256)',
  }
  return { does, key, table }
}
