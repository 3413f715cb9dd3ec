// Everything that can be asked of a store, so that each state of Redis is tried with all of it.
import { systemClock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import { isStoreError, type SessionStore } from './contract.ts'

export const LONG = { ttl: 60_000 }

/** For a store that is to run into it. */
export const DEADLINE_MS = 500

/** For a store that is to be answered before it, on a busy machine too. */
export const AMPLE_MS = 3_000

/** Beyond the deadline, for a machine that has much to do besides. */
const SLACK_MS = 700

export const increment = (now: Json | undefined) => {
  const value = (typeof now === 'number' ? now : 0) + 1
  return { value, reply: value }
}

const executed = { client: 'c', seq: 1, acknowledgedBelow: 0, digest: 'd' }

const LOOKS = {
  read: (store: SessionStore) => store.read('s', ['n']),
  keys: (store: SessionStore) => store.keys('s'),
  recorded: (store: SessionStore) => store.recorded('s', executed),
  sessionCount: (store: SessionStore) => store.sessionCount(),
  ping: (store: SessionStore) => store.ping(),
}
const SLIDES = {
  'read and slide': (store: SessionStore) => store.read('s', ['n'], LONG),
  'delete what is not there': (store: SessionStore) => store.delete('s', 'none', LONG),
  'update once more': (store: SessionStore) => store.update('s', 'n', increment, { ...LONG, once: executed }),
}
const WRITES = {
  set: (store: SessionStore) => store.set('s', 'n', 99, LONG),
  update: (store: SessionStore) => store.update('s', 'n', increment, LONG),
  copySession: (store: SessionStore) => store.copySession('s', 't', LONG),
}

export const looks = Object.keys(LOOKS)
export const slides = Object.keys(SLIDES)
const writes = Object.keys(WRITES)
export const everything = [...looks, ...slides, ...writes]

/** Session `s` with `n` at 1, by a call that is recorded. */
export async function prepare(store: SessionStore): Promise<void> {
  await store.update('s', 'n', increment, { ...LONG, once: executed })
}

/** Asks everything, one after another. By name, `served` or the error's code and message; and which came too late. */
export async function askEverything(store: SessionStore, deadlineMs: number) {
  const answers: Record<string, string> = {}
  const late: string[] = []
  for (const [name, ask] of Object.entries({ ...LOOKS, ...SLIDES, ...WRITES })) {
    const started = systemClock.now()
    answers[name] = await ask(store).then(() => 'served', said)
    if (systemClock.now() - started > deadlineMs + SLACK_MS) late.push(name)
  }
  return { answers, late }
}

function said(error: unknown): string {
  if (!isStoreError(error)) throw error
  return `${error.code}: ${error.message}`
}
