// One deadline a session: every use slides it, looking does not, and from it on nothing can be read.
import assert from 'node:assert/strict'
import type { SessionStore } from '../../server/store/contract.ts'
import { call, increment, LONG, pass, type Subject, values } from './suite.ts'

type Use = (store: SessionStore, ttl: number) => Promise<unknown>

const SLIDES: Record<string, Use> = {
  'a read with a ttl': (store, ttl) => store.read('s', ['n'], { ttl }),
  'a read of no keys with a ttl': (store, ttl) => store.read('s', [], { ttl }),
  'a set': (store, ttl) => store.set('s', 'other', 1, { ttl }),
  'a delete with a ttl': (store, ttl) => store.delete('s', 'other', { ttl }),
  'an update': (store, ttl) => store.update('s', 'other', increment, { ttl }),
  'an update answered from its record': (store, ttl) => store.update('s', 'n', increment, { ttl, once: call(1) }),
  'a copy from nothing': (store, ttl) => store.copySession('nobody', 's', { ttl }),
  'a copy answered from its record': (store, ttl) => store.copySession('from', 's', { ttl, once: call(2) }),
}

const LEAVES: Record<string, Use> = {
  'a read without a ttl': (store) => store.read('s', ['n']),
  keys: (store) => store.keys('s'),
  'a delete without a ttl': (store) => store.delete('s', 'other'),
  recorded: (store) => store.recorded('s', call(1)),
  sessionCount: (store) => store.sessionCount(),
  'being copied from': (store) => store.copySession('s', 'elsewhere', LONG),
}

export function deadlines({ test, fact, clock, ttl }: Subject): void {
  const live = async (store: SessionStore) => {
    await store.set('from', 'copied', 1, LONG)
    await store.update('s', 'n', increment, { ttl, once: call(1) })
    await store.copySession('from', 's', { ttl, once: call(2) })
  }

  test.describe('deadlines', () => {
    fact('a session is gone from its deadline on: values, keys and records', async (store) => {
      await live(store)
      assert.deepEqual(await store.keys('s').then((keys) => keys.sort()), ['copied', 'n'])
      await pass(clock, ttl)
      assert.deepEqual(await values(store, 's'), {})
      assert.equal(await store.recorded('s', call(1)), undefined)
      assert.equal(await store.copySession('s', 'to', LONG), 0)
    })

    for (const [name, use] of Object.entries(SLIDES)) {
      fact(`${name} slides the deadline`, async (store) => {
        await live(store)
        await pass(clock, ttl * 0.6)
        await use(store, ttl)
        await pass(clock, ttl * 0.6)
        assert.equal((await store.read('s', ['n'])).get('n'), 1)
      })
    }

    for (const [name, use] of Object.entries(LEAVES)) {
      fact(`${name} leaves the deadline where it is`, async (store) => {
        await live(store)
        await pass(clock, ttl * 0.6)
        await use(store, ttl)
        await pass(clock, ttl * 0.4)
        assert.deepEqual(await values(store, 's'), {})
      })
    }

    fact('a copy lives for a full ttl from now, whatever is left to its source', async (store) => {
      await live(store)
      await pass(clock, ttl * 0.6)
      await store.copySession('s', 'to', { ttl })
      await pass(clock, ttl * 0.6)
      assert.deepEqual(await values(store, 's'), {})
      assert.deepEqual(await values(store, 'to'), { n: 1, copied: 1 })
    })

    fact('a use of a session that is gone does not bring it back', async (store) => {
      await live(store)
      await pass(clock, ttl)
      await store.read('s', ['n'], LONG)
      await store.copySession('nobody', 's', LONG)
      await store.delete('s', 'n', LONG)
      assert.deepEqual(await values(store, 's'), {})
    })

    fact('a session that is written after its deadline begins anew, and expires anew', async (store) => {
      await live(store)
      await pass(clock, ttl)
      assert.equal(await store.update('s', 'n', increment, { ttl, once: call(1) }), 1)
      await store.delete('s', 'n')
      await store.set('s', 'a', 1, { ttl })
      assert.deepEqual(await values(store, 's'), { a: 1 })
      await pass(clock, ttl)
      assert.deepEqual(await values(store, 's'), {})
    })
  })
}
