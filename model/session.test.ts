import { describe, expect, it } from 'vitest'
import type { CallKey } from './call.ts'
import { admit, mergeRecords, NO_RECORDS, remember } from './session.ts'
import { counter } from './story.ts'

const key = (seq: number, acknowledgedBelow = 1, client = 'a'): CallKey => ({ client, seq, acknowledgedBelow })

describe('records of keyed calls', () => {
  const kept = remember(remember(NO_RECORDS, key(1), counter(1)), key(2), counter(2))

  it('answer the same call again', () => {
    expect(admit(kept, key(1))).toEqual({ kind: 'replay', answer: counter(1) })
  })

  it('let a new call, another client and a call without a key run', () => {
    expect(admit(kept, key(3))).toEqual({ kind: 'new' })
    expect(admit(kept, key(1, 1, 'b'))).toEqual({ kind: 'new' })
    expect(admit(kept, undefined)).toEqual({ kind: 'new' })
  })

  it('are forgotten below the mark, and refused there', () => {
    const marked = remember(kept, key(3, 3), counter(3))
    expect([...(marked.get('a')?.replies.keys() ?? [])]).toEqual([3])
    expect(admit(marked, key(2))).toEqual({ kind: 'stale' })
  })

  it('merge to the higher mark and the union above it', () => {
    const other = remember(NO_RECORDS, key(4, 2), counter(9))
    const merged = mergeRecords(kept, other)
    expect(merged.get('a')).toEqual({
      mark: 2,
      replies: new Map([
        [4, counter(9)],
        [2, counter(2)],
      ]),
    })
  })
})
