// What every file of the suite works with: who runs the tests, where stores come from, and time to wait in. Only what
// a store's contract says may be used here, so that any store can be held against it.
import type { Once, SessionStore } from '../../server/store/contract.ts'
import type { Clock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'

/** The two functions of a test runner that the suite needs: vitest's, node:test's, or anybody's. */
export interface TestFunctions {
  describe(title: string, body: () => void): void
  it(title: string, body: () => Promise<void>): void
}

export interface StoreSuite {
  readonly test: TestFunctions
  /** Opens an empty store; each test asks for a fresh one and closes it. */
  factory(): SessionStore | Promise<SessionStore>
  /** Opens the state of the latest store once more, as another process would. Leave it out where state is not shared. */
  readonly second?: () => SessionStore | Promise<SessionStore>
  /** The time that the stores live in; the machine's. */
  readonly clock?: Clock
  /** A time to live that is long enough for a few calls and short enough to wait for; 400 ms. */
  readonly ttlMs?: number
}

/** A suite with its defaults filled in. */
export interface Subject {
  readonly test: TestFunctions
  readonly clock: Clock
  readonly ttl: number
  /** A test on a fresh store. */
  fact(title: string, body: (store: SessionStore) => Promise<void>): void
  /** A test on two stores with one state; absent where state is not shared. */
  readonly sharedFact: ((title: string, body: (a: SessionStore, b: SessionStore) => Promise<void>) => void) | undefined
}

/** Long enough that nothing expires while a test runs that is not about expiry. */
export const LONG = { ttl: 60_000 } as const

export function subject({ test, factory, second, clock, ttlMs }: StoreSuite, systemClock: Clock): Subject {
  const fact: Subject['fact'] = (title, body) =>
    test.it(title, async () => {
      const store = await factory()
      await body(store).finally(() => store.close())
    })
  const sharedFact: Subject['sharedFact'] =
    second &&
    ((title, body) =>
      fact(title, async (store) => {
        const other = await second()
        await body(store, other).finally(() => other.close())
      }))
  return { test, clock: clock ?? systemClock, ttl: ttlMs ?? 400, fact, sharedFact }
}

/** The key of one call. */
export function call(seq: number, options: Partial<Once> = {}): Once {
  return { client: 'c1', seq, acknowledgedBelow: 1, digest: 'increment', ...options }
}

/** Adds one to a number that may not be there yet, and answers the sum. */
export function increment(now: Json | undefined): { value: number; reply: number } {
  const value = (typeof now === 'number' ? now : 0) + 1
  return { value, reply: value }
}

/** Waits until `ms` after now, never less: a timer may fire a little early. */
export async function pass(clock: Clock, ms: number): Promise<void> {
  const until = clock.now() + ms
  while (clock.now() < until) await clock.sleep(until - clock.now())
}

/** All values of a session, as a plain object. */
export async function values(store: SessionStore, id: string): Promise<Record<string, Json>> {
  return Object.fromEntries(await store.read(id, await store.keys(id)))
}
