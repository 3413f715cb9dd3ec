// ping and close: an open store answers, a closed one says that it did nothing.
import assert from 'node:assert/strict'
import type { SessionStore } from '../../server/store/contract.ts'
import { increment, LONG, type Subject } from './suite.ts'

const OPERATIONS: Record<string, (store: SessionStore) => Promise<unknown>> = {
  read: (store) => store.read('s', ['a']),
  set: (store) => store.set('s', 'a', 1, LONG),
  update: (store) => store.update('s', 'a', increment, LONG),
  copySession: (store) => store.copySession('s', 't', LONG),
  sessionCount: (store) => store.sessionCount(),
  ping: (store) => store.ping(),
}

export function closing({ test, fact }: Subject): void {
  test.describe('closing', () => {
    fact('ping resolves while the store is open', (store) => store.ping())

    fact('close can be called twice', (store) => store.close())

    for (const [name, operation] of Object.entries(OPERATIONS)) {
      fact(`${name} on a closed store was surely not executed`, async (store) => {
        await store.close()
        await assert.rejects(
          operation(store),
          (error) => error instanceof Error && 'code' in error && error.code === 'store_unavailable',
        )
      })
    }
  })
}
