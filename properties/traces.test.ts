import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstInapplicable } from './machine.ts'
import { PROFILES, profileNamed } from './profile.ts'
import { smallerTraces } from './shrink.ts'
import { kindOf, parseTrace, type Trace } from './trace.ts'
import { traces } from './traces.ts'

function arbitrary(name = 'mixed') {
  const profile = profileNamed(name)
  if (!profile) throw new Error(`no profile ${name}`)
  return traces({ topology: { backends: 3, clients: 2 }, settings: { ttlMs: 3_000 }, profile })
}

const waitsPastTtl = (trace: Trace) => trace.commands.some((each) => 'wait' in each && each.wait.ms > 1_000)
const kinds = (trace: Trace) => trace.commands.map(kindOf)

/** A planted bug: it shows where the counter is read after a kill, with an increment before. */
function breaks({ commands }: Trace): boolean {
  const increment = commands.findIndex((each) => 'increment' in each)
  const kill = commands.findIndex((each, at) => at > increment && 'kill' in each)
  const read = commands.findIndex((each, at) => at > kill && ('getCounter' in each || 'summary' in each))
  return increment >= 0 && kill >= 0 && read >= 0
}

describe('generated traces', () => {
  it.each(PROFILES.map(({ name }) => name))('of profile %s apply from the first command to the last', (name) => {
    fc.assert(
      fc.property(arbitrary(name), (trace) => firstInapplicable(trace) === undefined),
      { seed: 1, numRuns: 500 },
    )
  })

  it('read back from JSON as they were', () => {
    fc.assert(
      fc.property(arbitrary(), (trace) => {
        expect(parseTrace(JSON.stringify(trace), 't')).toEqual(trace)
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  it('are the same for the same seed, and others for another', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => JSON.stringify(fc.sample(arbitrary(), { seed, numRuns: 5 })))
    expect(one).toBe(again)
    expect(one).not.toBe(other)
  })

  it('wait past TTLs in about a quarter of them', () => {
    const waiting = fc.sample(arbitrary(), { seed: 1, numRuns: 1_000 }).filter(waitsPastTtl).length
    expect(waiting).toBeGreaterThan(150)
    expect(waiting).toBeLessThan(350)
  })

  it('reach every kind of command', () => {
    const reached = new Set(fc.sample(arbitrary(), { seed: 1, numRuns: 500 }).flatMap(kinds))
    expect([...reached].sort()).toMatchInlineSnapshot(`
      [
        "addNote",
        "analyze",
        "close",
        "continue",
        "cut",
        "delay",
        "dropReplies",
        "during",
        "end",
        "getCounter",
        "heal",
        "increment",
        "kill",
        "listNotes",
        "open",
        "pause",
        "peek",
        "reset",
        "resume",
        "start",
        "stop",
        "summary",
        "wait",
        "watch",
      ]
    `)
  })
})

describe('shrinking', () => {
  it('offers only traces that apply', () => {
    for (const trace of fc.sample(arbitrary(), { seed: 3, numRuns: 50 })) {
      for (const smaller of smallerTraces(trace)) expect(firstInapplicable(smaller)).toBeUndefined()
    }
  })

  it('ends, and leaves nothing that could go', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { counterexample } = fc.check(
        fc.property(arbitrary(), (trace) => !breaks(trace)),
        { seed, numRuns: 1_000 },
      )
      const [smallest] = counterexample ?? []
      expect(smallest && kinds(smallest)).toEqual(['open', 'increment', 'kill', 'getCounter'])
    }
  })

  it('works without context on a trace that somebody wrote', () => {
    const [written] = fc.sample(arbitrary(), { seed: 1, numRuns: 2_000 }).filter(breaks)
    if (!written) throw new Error('no trace to shrink')
    const { counterexample } = fc.check(
      fc.property(arbitrary(), (trace) => !breaks(trace)),
      { examples: [[written]], numRuns: 1 },
    )
    expect(counterexample?.[0] && kinds(counterexample[0])).toEqual(['open', 'increment', 'kill', 'getCounter'])
  })
})
