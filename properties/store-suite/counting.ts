// sessionCount: sessions that have a value and whose deadline is ahead.
import assert from 'node:assert/strict'
import { LONG, pass, type Subject } from './suite.ts'

export function counting({ test, fact, clock, ttl }: Subject): void {
  test.describe('sessionCount', () => {
    fact('counts each live session once, however often it is used', async (store) => {
      assert.equal(await store.sessionCount(), 0)
      await store.set('s', 'a', 1, LONG)
      await store.set('s', 'b', 2, LONG)
      await store.read('s', ['a'], LONG)
      await store.set('t', 'a', 1, LONG)
      await store.copySession('s', 'u', LONG)
      assert.equal(await store.sessionCount(), 3)
    })

    fact('reading, copying or deleting what is not there makes no session', async (store) => {
      await store.read('s', ['a'], LONG)
      assert.equal(await store.sessionCount(), 0)
      await store.copySession('nobody', 's', LONG)
      assert.equal(await store.sessionCount(), 0)
      await store.delete('s', 'a', LONG)
      assert.equal(await store.sessionCount(), 0)
    })

    fact('a session without values is not counted', async (store) => {
      await store.set('s', 'a', 1, LONG)
      await store.delete('s', 'a', LONG)
      assert.equal(await store.sessionCount(), 0)
    })

    fact('a session is counted to its deadline, and as long as its deadline is slid', async (store) => {
      await store.set('gone', 'a', 1, { ttl })
      await store.set('slid', 'a', 1, { ttl })
      await pass(clock, ttl * 0.6)
      assert.equal(await store.sessionCount(), 2)
      await store.read('slid', [], { ttl })
      await pass(clock, ttl * 0.6)
      assert.equal(await store.sessionCount(), 1)
    })
  })
}
