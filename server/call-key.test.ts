// The digest tells two calls apart by what they ask for, not by how they spell it.
import { describe, expect, it } from 'vitest'
import { CALL_KEY_META } from '../wire/call-key.ts'
import { canonicalJson, readOnce } from './call-key.ts'

const key = { client: '0123456789abcdef0123456789abcdef', seq: 1, acknowledgedBelow: 1 }
const digest = (tool: string, args: unknown) => readOnce({ [CALL_KEY_META]: key }, tool, args)?.digest

describe('a call key', () => {
  it('is absent where the client sent none', () => {
    expect(readOnce(undefined, 'tool', {})).toBeUndefined()
    expect(readOnce({ progressToken: 1 }, 'tool', {})).toBeUndefined()
  })

  it('has one digest for one call, however its arguments are ordered', () => {
    expect(digest('tool', { a: 1, b: { c: 2, d: [3] } })).toBe(digest('tool', { b: { d: [3], c: 2 }, a: 1 }))
  })

  it('has another digest for another tool, argument, or order in a list', () => {
    const digests = [
      digest('tool', { a: [1, 2] }),
      digest('other', { a: [1, 2] }),
      digest('tool', { b: [1, 2] }),
      digest('tool', { a: [2, 1] }),
      digest('tool', { a: ['1', 2] }),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe('canonical JSON', () => {
  it('sorts the keys of every object and leaves lists and values alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: '\ud800' })).toBe('{"a":"\\ud800","b":[{"c":null,"d":1}]}')
  })
})
