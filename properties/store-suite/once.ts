// once: a call with a key happens at most once, and its repetition is answered as the first was.
import assert from 'node:assert/strict'
import type { SessionStore } from '../../server/store/contract.ts'
import { call, increment, LONG, type Subject, values } from './suite.ts'

const code = (expected: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === expected

const incrementOnce = (store: SessionStore, once = call(1)) => store.update('s', 'n', increment, { ...LONG, once })

export function callsHappenOnce({ test, fact, sharedFact }: Subject): void {
  test.describe('once', () => {
    fact('the same call is executed once and answered alike each time', async (store) => {
      assert.equal(await incrementOnce(store), 1)
      assert.equal(await incrementOnce(store, call(2)), 2)
      assert.equal(await incrementOnce(store), 1)
      assert.deepEqual(await values(store, 's'), { n: 2 })
    })

    fact('the same call many times at once is executed once', async (store) => {
      const replies = await Promise.all(Array.from({ length: 20 }, () => incrementOnce(store)))
      assert.deepEqual(new Set(replies), new Set([1]))
      assert.deepEqual(await values(store, 's'), { n: 1 })
    })

    sharedFact?.('the same call in two processes at once is executed once', async (a, b) => {
      const replies = await Promise.all([a, b, a, b].map((store) => incrementOnce(store)))
      assert.deepEqual(replies, [1, 1, 1, 1])
      assert.deepEqual(await values(a, 's'), { n: 1 })
    })

    fact('a call without a key is executed each time', async (store) => {
      await store.update('s', 'n', increment, LONG)
      assert.equal(await store.update('s', 'n', increment, LONG), 2)
    })

    fact('clients do not share their numbers, nor sessions their records', async (store) => {
      await incrementOnce(store)
      assert.equal(await incrementOnce(store, call(1, { client: 'c2' })), 2)
      assert.equal(await store.update('t', 'n', increment, { ...LONG, once: call(1) }), 1)
    })

    fact('a change that threw is not recorded', async (store) => {
      const broken = () => {
        throw new RangeError('no')
      }
      await assert.rejects(store.update('s', 'n', broken, { ...LONG, once: call(1) }), RangeError)
      assert.equal(await incrementOnce(store), 1)
    })

    fact('the same number for another call is refused', async (store) => {
      await incrementOnce(store)
      await assert.rejects(incrementOnce(store, call(1, { digest: 'other' })), code('key_reused'))
      await assert.rejects(store.recorded('s', call(1, { digest: 'other' })), code('key_reused'))
      assert.deepEqual(await values(store, 's'), { n: 1 })
    })

    fact('a number below the mark is refused, the mark itself is not', async (store) => {
      await incrementOnce(store, call(5, { acknowledgedBelow: 4 }))
      await assert.rejects(incrementOnce(store, call(3)), code('stale'))
      await assert.rejects(store.recorded('s', call(3)), code('stale'))
      assert.equal(await incrementOnce(store, call(4)), 2)
    })

    fact('recorded tells the reply of a call that was executed, and of no other', async (store) => {
      assert.equal(await store.recorded('s', call(1)), undefined)
      await incrementOnce(store)
      assert.equal(await store.recorded('s', call(1)), 1)
      assert.equal(await store.recorded('s', call(2)), undefined)
      assert.equal(await store.recorded('s', call(1, { client: 'c2' })), undefined)
    })

    fact('records are no values, and outlive the last one', async (store) => {
      await incrementOnce(store)
      await store.delete('s', 'n')
      assert.deepEqual(await store.keys('s'), [])
      assert.equal(await incrementOnce(store), 1)
      assert.deepEqual(await values(store, 's'), {})
    })
  })
}
