// Both sides of the judge, at random: whatever a correct system can produce is explained, and systems that lie in one
// way are found. The system is a simulation of its own (reference-system.ts), not the model.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import type { Fate } from './reference/client.ts'
import { LIES } from './reference/store.ts'
import { type Plan, type PlannedStep, simulate } from './reference/system.ts'

const TTL_MS = 3_000
const SEED = 20_251_125
const RUNS = 2_000
const SETTINGS = { ttlMs: TTL_MS, clockSlackMs: 5 }
const NAMES = ['a', 'b']

const shortMs = fc.integer({ min: 1, max: 20 })
/** Most late executions come within a TTL; some come when the session has expired. */
const travelMs = fc.oneof({ weight: 4, arbitrary: shortMs }, { weight: 2, arbitrary: fc.nat(2_000) }, fc.nat(6_000))
const seenMs = fc.oneof({ weight: 4, arbitrary: shortMs }, fc.integer({ min: 20, max: 600 }))
const then = fc.constantFrom('sameSession' as const, 'newSession' as const)

const answered = fc.record({ kind: fc.constant('answered' as const), toMs: shortMs, backMs: shortMs })
const lost = fc.record({ kind: fc.constant('lost' as const), toMs: travelMs, backMs: seenMs, then })
const vanished = fc.record({ kind: fc.constant('vanished' as const), backMs: seenMs, then })
const refused = fc.record({ kind: fc.constant('refused' as const), backMs: seenMs, then })
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: answered },
  { weight: 4, arbitrary: lost },
  vanished,
  refused,
)

const session = fc.oneof(
  { weight: 6, arbitrary: fc.record({ of: fc.constantFrom(...NAMES), age: fc.nat(2) }) },
  fc.record({ id: fc.constantFrom('*', 'no-such', '') }),
)
const call: fc.Arbitrary<PlannedStep['call']> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'increment' as const }) },
  { weight: 3, arbitrary: fc.constantFrom('x', 'y').map((note) => ({ kind: 'addNote' as const, note })) },
  { weight: 3, arbitrary: fc.constant({ kind: 'getCounter' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'listNotes' as const }) },
  { weight: 1, arbitrary: fc.nat(2).map((items) => ({ kind: 'analyze' as const, items })) },
  { weight: 1, arbitrary: fc.nat(2).map((seconds) => ({ kind: 'watch' as const, seconds })) },
  { weight: 3, arbitrary: session.map((session) => ({ kind: 'summary' as const, session })) },
  { weight: 3, arbitrary: session.map((session) => ({ kind: 'resume' as const, session })) },
)

/** Well below the TTL, around it, and well above; twice 0.6 straddle a slide. */
const waitMs = fc.oneof(
  { weight: 8, arbitrary: shortMs },
  { weight: 3, arbitrary: fc.constantFrom(0.6, 0.6, 0.85, 1.15).map((part) => part * TTL_MS) },
  fc.integer({ min: TTL_MS - 40, max: TTL_MS + 40 }),
)

/** With up to that many tries of a call, and resumes, that do not simply succeed. */
function plans(troubles: number): fc.Arbitrary<Plan> {
  const step: fc.Arbitrary<PlannedStep> = fc.record({
    client: fc.constantFrom(...NAMES),
    call,
    waitMs,
    runs: fc.constantFrom('alone' as const, 'alone' as const, 'besides' as const),
    fates: fc.array(fate, { maxLength: troubles }),
    maxTries: fc.integer({ min: 1, max: 5 }),
  })
  return fc.record({
    ttlMs: fc.constant(TTL_MS),
    keys: fc.constantFrom('keys' as const, 'keys' as const, 'noKeys' as const),
    steps: fc.array(step, { minLength: 2, maxLength: 12, size: 'max' }),
    resumes: fc.array(fate, { maxLength: troubles }),
    chance: fc.nat(1),
  })
}

/** Both clients look at both sessions in the end. */
function watched(plan: Plan): Plan {
  const looks = NAMES.flatMap((client) =>
    NAMES.map((of) => ({
      client,
      call: { kind: 'summary' as const, session: { of, age: 0 } },
      waitMs: 10,
      runs: 'alone' as const,
      fates: [],
      maxTries: 1,
    })),
  )
  return { ...plan, steps: [...plan.steps, ...looks] }
}

/** Of the histories in which the lie made a difference, seen or not, the share that must be found impossible. */
const FOUND: Record<(typeof LIES)[number], number> = {
  counterTooHigh: 0.8,
  counterTooLow: 0.8,
  writeDropped: 0.5,
  executedTwice: 0.7,
  recordsNotCopied: 0.6,
  lateWriteOnSuccessor: 0.5,
  copiesAnother: 0.6,
  readDoesNotSlide: 0.5,
  peekSlides: 0.5,
  expiresEarly: 0.6,
  neverExpires: 0.7,
}

describe('the judge', () => {
  it('explains whatever a correct system produces', () => {
    const kinds = { explained: 0, impossible: 0, undecided: 0 }
    const isExplained = fc.property(plans(4), fc.constantFrom(0, 5), (plan, clockSlackMs) => {
      const verdict = judge(simulate(plan).history, { ttlMs: TTL_MS, clockSlackMs })
      kinds[verdict.kind]++
      expect(verdict).not.toMatchObject({ kind: 'impossible' })
    })
    fc.assert(isExplained, { seed: SEED, numRuns: RUNS })
    expect(kinds).toEqual({ explained: RUNS, impossible: 0, undecided: 0 })
  }, 60_000)

  it.each(LIES)('finds a system that lies: %s', (lie) => {
    const lies = fc
      .sample(plans(1), { seed: SEED, numRuns: 500 })
      .map((plan) => simulate(watched(plan), lie))
      .filter(({ shown }) => shown > 0)
    const found = lies.filter(({ history }) => judge(history, SETTINGS).kind === 'impossible')
    expect(found.length / lies.length).toBeGreaterThan(FOUND[lie])
  })
})
