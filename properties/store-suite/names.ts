// Ids and keys are data, never patterns: any string is legal and means itself alone.
import assert from 'node:assert/strict'
import { LONG, type Subject, values } from './suite.ts'

const HOSTILE = [
  '',
  '*',
  '?',
  's*',
  '[a-z]',
  'a:b',
  'a:b:c',
  '{a}',
  '\n',
  '\r\n',
  '\u0000',
  'é',
  'e\u0301',
  '__proto__',
  'toString',
  '"',
  '\\',
  '%2A',
  '\ud800',
  '\ud801',
  '\udc00\ud800',
  '\ufffd',
  '"\\ud800"',
  'x'.repeat(65_536),
]

export function anyStringIsAnId({ test, fact }: Subject): void {
  test.describe('names', () => {
    fact('every id is a session of its own', async (store) => {
      for (const [index, id] of HOSTILE.entries()) await store.set(id, 'n', index, LONG)
      for (const [index, id] of HOSTILE.entries()) assert.deepEqual(await values(store, id), { n: index })
    })

    fact('every key is a value of its own', async (store) => {
      for (const [index, key] of HOSTILE.entries()) await store.set('s', key, index, LONG)
      assert.deepEqual(await store.read('s', HOSTILE), new Map(HOSTILE.map((key, index) => [key, index])))
      assert.deepEqual((await store.keys('s')).sort(), [...HOSTILE].sort())
    })

    fact('an id that looks like a pattern matches nothing', async (store) => {
      await store.set('abc', 'n', 1, LONG)
      for (const pattern of ['*', 'a*', 'ab?', '[a-z]bc', 'ABC', 'abc\u0000']) {
        assert.deepEqual(await values(store, pattern), {})
        assert.equal(await store.copySession(pattern, 'to', LONG), 0)
        await store.delete(pattern, 'n')
        await store.delete('abc', pattern)
      }
      assert.deepEqual(await values(store, 'abc'), { n: 1 })
    })
  })
}
