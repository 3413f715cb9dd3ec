// The shortcuts of the search leave out what can change nothing: searched without them too, no verdict is another, and
// no story shorter.
import { expect, it } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { leaveOut, NEEDED } from './left-out.ts'
import { PROMISES } from './promises.ts'
import { STORE_RULES } from './rules.ts'
import { search } from './search.ts'
import { SMALL } from './settings.ts'

const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
const PATIENCE_MS = 120_000

it(
  'with every rule each promise is kept without shortcuts, in six times as many states',
  () => {
    const taken = search({ rules: RULES, setting: SMALL }, PROMISES)
    const notTaken = search({ rules: RULES, setting: { ...SMALL, shortcuts: 'not taken' } }, PROMISES)
    expect([taken, notTaken]).toEqual([
      { kind: 'kept', states: 4_218 },
      { kind: 'kept', states: 25_778 },
    ])
  },
  PATIENCE_MS,
)

it.each(NEEDED.filter(({ setting }) => !setting?.duplicates))(
  'the shortest story without $rule is as long without shortcuts',
  (left) => {
    const promise = { [left.breaks]: PROMISES[left.breaks] }
    const stories = (['taken', 'not taken'] as const).map((shortcuts) => {
      const setting = { ...SMALL, ...left.setting, shortcuts }
      const found = search({ rules: leaveOut(left, RULES), setting }, promise)
      return found.kind === 'broken' ? found.story.steps.length : found
    })
    expect(stories[1]).toBe(stories[0])
    expect(stories[0]).toEqual(expect.any(Number))
  },
  PATIENCE_MS,
)
