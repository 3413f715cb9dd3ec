// read, keys, set, delete: a session is named JSON values, and what is absent is left out.
import assert from 'node:assert/strict'
import { values as all, LONG, type Subject } from './suite.ts'

const JSON_VALUES = [null, true, 0, -1.5, 2 ** 53, '', 'é\u0000\n', '\ud800', [], {}, [[]], { a: { b: [1] } }]

export function values({ test, fact }: Subject): void {
  test.describe('values', () => {
    fact('a session that was never written has no keys and no values', async (store) => {
      assert.deepEqual(await store.keys('s'), [])
      assert.deepEqual(await store.read('s', ['a']), new Map())
    })

    fact('any JSON value comes back as it was set', async (store) => {
      for (const value of JSON_VALUES) {
        await store.set('s', 'a', value, LONG)
        assert.deepEqual((await store.read('s', ['a'])).get('a'), value)
      }
    })

    fact('read answers the keys asked for, the absent left out', async (store) => {
      await store.set('s', 'a', 1, LONG)
      await store.set('s', 'b', 2, LONG)
      assert.deepEqual(await store.read('s', ['b', 'c']), new Map([['b', 2]]))
    })

    fact('keys names every value once', async (store) => {
      await store.set('s', 'a', 1, LONG)
      await store.set('s', 'b', 2, LONG)
      await store.set('s', 'a', 3, LONG)
      assert.deepEqual((await store.keys('s')).sort(), ['a', 'b'])
    })

    fact('delete takes away one value and no other', async (store) => {
      await store.set('s', 'a', 1, LONG)
      await store.set('s', 'b', 2, LONG)
      await store.delete('s', 'a', LONG)
      assert.deepEqual(await all(store, 's'), { b: 2 })
      await store.delete('s', 'never there')
      assert.deepEqual(await all(store, 's'), { b: 2 })
    })

    fact('sessions do not see one another', async (store) => {
      await store.set('s', 'a', 1, LONG)
      await store.set('t', 'a', 2, LONG)
      await store.delete('t', 'a')
      assert.deepEqual(await all(store, 's'), { a: 1 })
      assert.deepEqual(await all(store, 't'), {})
    })

    fact('what a caller does to a value it set or read does not change the stored one', async (store) => {
      const list = ['a']
      await store.set('s', 'list', list, LONG)
      list.push('b')
      const read = (await store.read('s', ['list'])).get('list')
      if (Array.isArray(read)) read.push('c')
      assert.deepEqual(await all(store, 's'), { list: ['a'] })
    })
  })
}
