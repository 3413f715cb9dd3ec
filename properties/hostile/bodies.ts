// Bodies of a POST: one message, a batch, and what is no JSON.
import fc from 'fast-check'
import type { Effect } from './effect.ts'
import { junkText, notAnObject } from './junk.ts'
import type { Message } from './message.ts'
import { messages } from './messages.ts'

export interface HostileBody {
  readonly bytes: Buffer
  readonly effects: readonly Effect[]
}

const refused = (bytes: Buffer): HostileBody => ({ bytes, effects: [] })

const ids = fc.oneof(
  fc.integer().map(String),
  junkText.map((text) => JSON.stringify(text)),
)

const single = fc
  .tuple(messages, ids)
  .map(([{ json, effects }, id]): HostileBody => ({ bytes: Buffer.from(json(id)), effects }))

// Beyond what junk says: a cancellation beside a call must not happen to be of it.
const FIRST_ID = 1_000_000

/** Executed whole or not at all. */
const batch = fc.array(messages, { minLength: 1, maxLength: 8 }).map(batchOf)
const wholeBatch = fc
  .array(
    messages.filter(({ wellFormed }) => wellFormed),
    { minLength: 1, maxLength: 8 },
  )
  .map(batchOf)

function batchOf(parts: readonly Message[]): HostileBody {
  const bytes = Buffer.from(`[${parts.map(({ json }, index) => json(`${FIRST_ID + index}`)).join(',')}]`)
  return parts.every(({ wellFormed }) => wellFormed)
    ? { bytes, effects: parts.flatMap(({ effects }) => effects) }
    : refused(bytes)
}

const sameIdTwice = fc.tuple(messages, ids).map(([{ json }, id]) => {
  const increment = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"increment_counter"}}`
  return refused(Buffer.from(`[${increment},${increment},${json(id)}]`))
})

const tooMany = fc.constantFrom(101, 20_000).map((count) => {
  const increment = (id: number) =>
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"increment_counter"}}`
  const smallest = (id: number) => `{"method":"","id":${id}}`
  return refused(
    Buffer.from(
      `[${Array.from({ length: count }, (_, id) => (count > 101 ? smallest(id) : increment(id))).join(',')}]`,
    ),
  )
})

/** JSON that breaks off: no object is whole before its last brace. */
const truncated = fc
  .tuple(messages, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .filter(([{ json }]) => json('1').startsWith('{'))
  .map(([{ json }, part]) => {
    const whole = Buffer.from(json('1'))
    return refused(whole.subarray(0, Math.floor(part * whole.length)))
  })

/** Bytes that are no UTF-8, where a note would be. */
const illEncoded = fc
  .constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82])
  .map((bytes) => {
    const note = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note","arguments":{"note":"'
    return refused(Buffer.concat([Buffer.from(note), Buffer.from(bytes), Buffer.from('"}}}')]))
  })

const bytes = fc.uint8Array({ maxLength: 200 }).map((noise) => refused(Buffer.from(noise)))

const tooLarge = fc.constant(refused(Buffer.alloc(1024 * 1024 + 1, ' ')))

/** For its own session, or for none: then each opens one, which has no state. */
const initializes = fc
  .tuple(
    fc.option(notAnObject),
    fc.constantFrom('"2025-11-25"', '"1999-01-01"', 'null', '1'),
    fc.constantFrom('"id":1,', '"id":null,', ''),
  )
  .map(([params, version, id]) => {
    const sound = `{"protocolVersion":${version},"capabilities":{},"clientInfo":{"name":"hostile","version":"0"}}`
    return refused(Buffer.from(`{"jsonrpc":"2.0",${id}"method":"initialize","params":${params ?? sound}}`))
  })

// The largest are rare: one takes longer than a hundred others.
export const bodies: fc.Arbitrary<HostileBody> = fc.oneof(
  { weight: 200, arbitrary: single },
  { weight: 16, arbitrary: batch },
  { weight: 16, arbitrary: wholeBatch },
  { weight: 12, arbitrary: sameIdTwice },
  { weight: 1, arbitrary: tooMany },
  { weight: 12, arbitrary: truncated },
  { weight: 8, arbitrary: illEncoded },
  { weight: 8, arbitrary: bytes },
  { weight: 1, arbitrary: tooLarge },
  { weight: 16, arbitrary: initializes },
)
