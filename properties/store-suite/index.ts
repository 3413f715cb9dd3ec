// The contract of a session store as a suite that anybody can run on theirs: one line for each thing it promises.
import { systemClock } from '../../wire/clock.ts'
import { closing } from './closing.ts'
import { copies } from './copies.ts'
import { counting } from './counting.ts'
import { deadlines } from './deadlines.ts'
import { anyStringIsAnId } from './names.ts'
import { callsHappenOnce } from './once.ts'
import { type StoreSuite, subject } from './suite.ts'
import { atomicUpdates } from './updates.ts'
import { values } from './values.ts'

export type { StoreSuite, TestFunctions } from './suite.ts'

/** Defines the tests that a {@link SessionStore} must pass. */
export function sessionStoreContract(suite: StoreSuite): void {
  const store = subject(suite, systemClock)
  store.test.describe('a session store', () => {
    values(store)
    atomicUpdates(store)
    callsHappenOnce(store)
    copies(store)
    deadlines(store)
    anyStringIsAnId(store)
    counting(store)
    closing(store)
  })
}
