// copySession: one moment of a session becomes part of another, at most once for each target and call.
import assert from 'node:assert/strict'
import type { SessionStore } from '../../server/store/contract.ts'
import { call, increment, LONG, type Subject, values } from './suite.ts'

export function copies({ test, fact, sharedFact }: Subject): void {
  test.describe('copySession', () => {
    fact('copies every value and says how many; the source keeps its own', async (store) => {
      await store.set('from', 'a', 1, LONG)
      await store.set('from', 'b', [2], LONG)
      assert.equal(await store.copySession('from', 'to', LONG), 2)
      assert.deepEqual(await values(store, 'to'), { a: 1, b: [2] })
      await store.set('to', 'a', 3, LONG)
      assert.deepEqual(await values(store, 'from'), { a: 1, b: [2] })
    })

    fact('overwrites keys that both have and leaves the others', async (store) => {
      await store.set('from', 'a', 1, LONG)
      await store.set('to', 'a', 2, LONG)
      await store.set('to', 'b', 3, LONG)
      assert.equal(await store.copySession('from', 'to', LONG), 1)
      assert.deepEqual(await values(store, 'to'), { a: 1, b: 3 })
    })

    fact('copies nothing from a session that has nothing', async (store) => {
      await store.set('to', 'a', 1, LONG)
      assert.equal(await store.copySession('nobody', 'to', LONG), 0)
      assert.deepEqual(await values(store, 'to'), { a: 1 })
      assert.equal(await store.copySession('nobody', 'nobody else', LONG), 0)
      assert.deepEqual(await values(store, 'nobody else'), {})
    })

    fact('the same call copies into one target once, and into another again', async (store) => {
      const once = call(7)
      await store.set('from', 'a', 1, LONG)
      assert.equal(await store.copySession('from', 'to', { ...LONG, once }), 1)
      await store.set('to', 'a', 2, LONG)
      await store.set('from', 'b', 3, LONG)
      assert.equal(await store.copySession('from', 'to', { ...LONG, once }), 1)
      assert.deepEqual(await values(store, 'to'), { a: 2 })
      assert.equal(await store.copySession('from', 'fresh', { ...LONG, once }), 2)
    })

    fact('records come along, uncounted', async (store) => {
      await store.update('from', 'n', increment, { ...LONG, once: call(1) })
      assert.equal(await store.copySession('from', 'to', LONG), 1)
      assert.equal(await store.update('to', 'n', increment, { ...LONG, once: call(1) }), 1)
      assert.deepEqual(await values(store, 'to'), { n: 1 })
    })

    fact('records are merged: the higher mark, and the numbers of both', async (store) => {
      const keyed = (seq: number, acknowledgedBelow: number) => ({ ...LONG, once: call(seq, { acknowledgedBelow }) })
      await store.update('from', 'n', increment, keyed(3, 3))
      await store.update('to', 'm', increment, keyed(2, 1))
      await store.update('to', 'm', increment, keyed(4, 1))
      await store.copySession('from', 'to', LONG)
      const refused = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'stale'
      await assert.rejects(store.recorded('to', call(2)), refused)
      assert.equal(await store.recorded('to', call(3)), 1)
      assert.equal(await store.recorded('to', call(4)), 2)
    })

    fact('takes one moment of the source, never a mixture of two', async (store) => {
      assert.equal(await tornCopies(store, store), 0)
    })

    sharedFact?.('takes one moment of a source that another process writes', async (a, b) => {
      assert.equal(await tornCopies(a, b), 0)
    })

    fact('no update of the target is lost to a copy at the same time', async (store) => {
      await store.set('from', 'a', 1, LONG)
      const updates = Array.from({ length: 20 }, () => store.update('to', 'n', increment, LONG))
      await Promise.all([...updates, store.copySession('from', 'to', LONG)])
      assert.deepEqual(await values(store, 'to'), { a: 1, n: 20 })
    })
  })
}

// The writer counts the keys up in their order, so that at each moment a later key is behind an earlier one, by one at
// most: a copy in which it is not is a mixture of two moments.
async function tornCopies(writer: SessionStore, copier: SessionStore): Promise<number> {
  const keys = ['a', 'b', 'c', 'd']
  const write = async () => {
    for (let round = 1; round <= 30; round += 1) for (const key of keys) await writer.set('from', key, round, LONG)
  }
  let torn = 0
  const copy = async () => {
    for (let round = 1; round <= 30; round += 1) {
      await copier.copySession('from', 'to', LONG)
      const found = await copier.read('to', keys)
      const [first = 0, ...later] = keys.map((key) => Number(found.get(key) ?? 0))
      const falls = later.every((count, index) => count <= (index === 0 ? first : (later[index - 1] ?? 0)))
      if (!falls || first - (later.at(-1) ?? 0) > 1) torn += 1
    }
  }
  await Promise.all([write(), copy()])
  return torn
}
