// Rules whose absence breaks no promise here, each with the reason; and the one gap that is known.
import { expect, test } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { NEEDED, NOT_NEEDED, searchWithout } from './left-out.ts'
import { PROMISES } from './promises.ts'
import { STORE_RULES } from './rules.ts'
import { search } from './search.ts'
import { SMALL } from './settings.ts'
import { tell } from './wording.ts'

const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
const PATIENCE_MS = 120_000

const states = (rule: string) => {
  const left = NOT_NEEDED.find((one) => one.rule === rule)
  return left && searchWithout(left, RULES)
}

test(
  'whereNext costs or saves a copy of the state, and endangers nothing',
  () => {
    expect(states('whereNext')).toEqual({ kind: 'kept', states: 7_733 })
  },
  PATIENCE_MS,
)

test(
  'mayDelete is for servers whose DELETE ends the state: on ours nothing depends on it',
  () => {
    expect(states('mayDelete, where DELETE ends the protocol session alone')).toEqual({ kind: 'kept', states: 4_218 })
  },
  PATIENCE_MS,
)

test(
  'a resume sent again after an unknown one does no harm where its record keeps it from being done twice',
  () => {
    const rule = 'afterResume, of an unknown resume of some state, where resumes carry keys'
    expect(states(rule)).toEqual({ kind: 'kept', states: 9_518 })
  },
  PATIENCE_MS,
)

test('every rule of the client and of the store is left out somewhere', () => {
  const told = new Set([...NEEDED, ...NOT_NEEDED].map(({ rule }) => rule.split(',')[0]))
  expect([...told].sort()).toEqual([...Object.keys(PROTOCOL_RULES), 'markBelow', ...Object.keys(STORE_RULES)].sort())
})

test(
  'a known gap: a resume that finds nothing leaves no record, so a network that doubles it may copy later',
  () => {
    const found = search({ rules: RULES, setting: { ...SMALL, start: 'no state', duplicates: 1 } }, PROMISES)
    expect(found.kind === 'broken' && tell(found.story)).toMatchInlineSnapshot(`
      " 1. The client sends A (seq 1, mark 1) on S0.
       2. The client hears nothing of A for too long, and gives up S0.
       3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
       4. The resume arrives at S1: S0 has no state, so nothing is written.
       5. A arrives at S0 and is executed.
       6. The client hears that the resume is done: S1 is confirmed.
       7. The client sends B (seq 3, mark 1) on S1.
       8. B arrives at S1 and is executed.
       9. The client hears the reply: B is acknowledged.
      10. The resume arrives at S1 once more: the store reads S0, which holds A.
      11. The store writes the copy: S1 now holds A.
      So B was acknowledged, and S1 lacks it."
    `)
  },
  PATIENCE_MS,
)

test(
  'the gap is closed where the network doubles calls alone',
  () => {
    const setting = { ...SMALL, start: 'no state', duplicates: 1, doubled: 'calls alone' } as const
    expect(search({ rules: RULES, setting }, PROMISES)).toEqual({ kind: 'kept', states: 16_793 })
  },
  PATIENCE_MS,
)
