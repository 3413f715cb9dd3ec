// The model's records and keys do what those of the server and the client do: every sequence of a few uses is put to
// both. On the records also hangs a shortcut of the search.
import { describe, expect, it } from 'vitest'
import { KeyRing } from '../../client/key-ring.ts'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { type ClientRecords, keepReply, keptReply, mergeRecords } from '../../server/store/records.ts'
import type { CallKey } from '../call.ts'
import { releaseKey, takeKey } from './client.ts'
import { STORE_RULES } from './rules.ts'
import { SMALL } from './settings.ts'
import { firstState } from './state.ts'
import { admission, FIRST_CLIENT, type Kept, mergedRecords, NOTHING_STORED, recorded, type Stored } from './stored.ts'

const KEYS: CallKey[] = [1, 2, 3].flatMap((seq) =>
  [1, 2, 3].filter((mark) => mark <= seq).map((acknowledgedBelow) => ({ client: 'client', seq, acknowledgedBelow })),
)

interface Both {
  readonly real: ClientRecords | undefined
  readonly model: Stored
}

function realAdmission(real: ClientRecords | undefined, key: CallKey): 'new' | 'kept' | 'stale' {
  try {
    return keptReply(real, { ...key, digest: '' }) === undefined ? 'new' : 'kept'
  } catch {
    return 'stale'
  }
}

function modelAdmission(model: Stored, key: CallKey) {
  return admission(model, { client: FIRST_CLIENT, key }, STORE_RULES)
}

function inBits(real: ClientRecords | undefined): Kept {
  const seqs = Object.keys(real?.replies ?? {}).reduce((bits, seq) => bits | (1 << Number(seq)), 0)
  return { mark: real?.mark ?? 0, seqs }
}

/** Both after every sequence of up to three keyed uses. */
function afterUses(): Both[] {
  let last: Both[] = [{ real: undefined, model: NOTHING_STORED }]
  const all = [...last]
  for (let use = 0; use < 3; use++) {
    last = last.flatMap((both) =>
      KEYS.filter((key) => realAdmission(both.real, key) === 'new').map((key) => ({
        real: keepReply(both.real, { ...key, digest: '' }, '1'),
        model: recorded(both.model, { client: FIRST_CLIENT, key }, STORE_RULES),
      })),
    )
    all.push(...last)
  }
  return all
}

describe("the model's records", () => {
  it('keep, forget and refuse what the store does', () => {
    for (const { real, model } of afterUses()) {
      expect(model.records[FIRST_CLIENT]).toEqual(inBits(real))
      expect(KEYS.map((key) => modelAdmission(model, key))).toEqual(KEYS.map((key) => realAdmission(real, key)))
    }
  })

  it('are merged as the store merges them', () => {
    const all = afterUses()
    for (const target of all) {
      for (const source of all.filter(({ real }) => real !== undefined)) {
        const real = source.real && mergeRecords(target.real, source.real)
        const model = mergedRecords(target.model, source.model.records, STORE_RULES)
        expect(model[FIRST_CLIENT]).toEqual(inBits(real))
      }
    }
  })

  it('never run again what they once would not run: a shortcut of the search', () => {
    const all = afterUses().map(({ model }) => model)
    for (const model of all) {
      const refused = KEYS.filter((key) => modelAdmission(model, key) !== 'new')
      const later = [
        ...KEYS.map((key) => recorded(model, { client: FIRST_CLIENT, key }, STORE_RULES)),
        ...all.map(({ records }) => ({ ...model, records: mergedRecords(model, records, STORE_RULES) })),
      ]
      for (const after of later) {
        expect(refused.filter((key) => modelAdmission(after, key) === 'new')).toEqual([])
      }
    }
  })
})

describe("the model's keys", () => {
  it.each([[[]], [[0]], [[1]], [[1, 0]], [[0, 2]], [[2, 1]], [[0, 1, 2]]])(
    'are the key ring’s, released %j',
    (released) => {
      const protocol = {
        rules: { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES },
        setting: SMALL,
      } as const
      const ring = new KeyRing('client')
      const real = [ring.take(), ring.take(), ring.take()]
      let client = firstState(SMALL).client
      const model = real.map(() => {
        const taken = takeKey(client, protocol)
        client = taken.client
        return taken.key
      })
      expect(model).toEqual(real)
      for (const at of released) {
        const key = real[at]
        if (key) ring.release(key)
        client = releaseKey(client, key)
      }
      expect(takeKey(client, protocol).key).toEqual(ring.take())
    },
  )
})
