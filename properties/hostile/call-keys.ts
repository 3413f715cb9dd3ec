// Idempotency keys as clients send them, and as none should.
import fc from 'fast-check'
import { CALL_KEY_META } from '../../wire/call-key.ts'
import { junkJson, notAString } from './junk.ts'
import { type Members, object } from './members.ts'

/** Replaced, wherever it stands, by a client's id that nobody has used before. */
export const NEW_CLIENT = 'ID-OF-A-NEW-CLIENT'

const sound: fc.Arbitrary<Members> = fc.integer({ min: 1, max: 9 }).map((seq) => [
  ['client', `"${NEW_CLIENT}"`],
  ['seq', `${seq}`],
  ['acknowledgedBelow', `${Math.floor(seq / 2)}`],
])

const noPosition = fc.constantFrom('null', '"1"', '0.5', '-1', '1e400', '9007199254740993', '[]', '{}', 'true')
const noClient = fc.oneof(notAString, fc.constantFrom('""', '"0"', `"${'g'.repeat(32)}"`, `"${'0'.repeat(33)}"`))

const spoilt: fc.Arbitrary<(key: Members) => Members> = fc.oneof(
  fc.constantFrom('client', 'seq', 'acknowledgedBelow').map((name) => (key: Members) => without(key, name)),
  noClient.map((value) => (key: Members) => [...key, ['client', value] as const]),
  noPosition.map((value) => (key: Members) => [...key, ['seq', value] as const]),
  fc.constant((key: Members) => [...key, ['seq', '0'] as const]),
  noPosition.map((value) => (key: Members) => [...key, ['acknowledgedBelow', value] as const]),
)

function without(members: Members, name: string): Members {
  return members.filter(([key]) => key !== name)
}

const meta = (key: string): Members => [[CALL_KEY_META, key]]

/** The `_meta` of a call that nobody has made before. */
export const keyed: fc.Arbitrary<Members> = sound.map((key) => meta(object(key)))

/** A `_meta` whose key makes no sense. */
export const badlyKeyed: fc.Arbitrary<Members> = fc.oneof(
  fc.tuple(sound, spoilt).map(([key, spoil]) => meta(object(spoil(key)))),
  junkJson.map(meta),
)
