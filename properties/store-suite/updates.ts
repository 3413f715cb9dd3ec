// update: read, compute, write as one step, whoever else writes.
import assert from 'node:assert/strict'
import { increment, LONG, type Subject, values } from './suite.ts'

const MANY = 50

export function atomicUpdates({ test, fact, sharedFact }: Subject): void {
  test.describe('update', () => {
    fact('change sees the value that is there, and undefined where there is none', async (store) => {
      const seen: unknown[] = []
      for (const value of ['first', 'second']) {
        await store.update(
          's',
          'a',
          (now) => {
            seen.push(now)
            return { value, reply: null }
          },
          LONG,
        )
      }
      assert.equal(seen[0], undefined)
      assert.equal(seen.at(-1), 'first')
      assert.deepEqual(await values(store, 's'), { a: 'second' })
    })

    fact('answers the reply of the change that was written', async (store) => {
      assert.deepEqual(await store.update('s', 'a', () => ({ value: 1, reply: { b: [2] } }), LONG), { b: [2] })
    })

    fact('loses none of many updates at once', async (store) => {
      const replies = await Promise.all(Array.from({ length: MANY }, () => store.update('s', 'n', increment, LONG)))
      assert.deepEqual(
        replies.sort((a, b) => a - b),
        Array.from({ length: MANY }, (_, index) => index + 1),
      )
      assert.deepEqual(await values(store, 's'), { n: MANY })
    })

    fact('a change that throws writes nothing, and its error is passed on', async (store) => {
      await store.set('s', 'a', 1, LONG)
      const broken = () => {
        throw new RangeError('no')
      }
      await assert.rejects(store.update('s', 'a', broken, LONG), RangeError)
      await assert.rejects(store.update('t', 'a', broken, LONG), RangeError)
      assert.deepEqual(await values(store, 's'), { a: 1 })
      assert.deepEqual(await values(store, 't'), {})
    })

    sharedFact?.('loses no update to another process', async (a, b) => {
      const both = Array.from({ length: MANY }, () => [a, b]).flat()
      await Promise.all(both.map((store) => store.update('s', 'n', increment, LONG)))
      assert.deepEqual(await values(b, 's'), { n: 2 * MANY })
    })

    sharedFact?.('meets a set by another process as one step', async (a, b) => {
      const sets = Array.from({ length: MANY }, (_, index) => b.set('s', `k${index}`, index, LONG))
      const updates = Array.from({ length: MANY }, () => a.update('s', 'n', increment, LONG))
      await Promise.all([...sets, ...updates])
      assert.deepEqual((await a.read('s', ['n'])).get('n'), MANY)
      assert.equal((await a.keys('s')).length, MANY + 1)
    })
  })
}
