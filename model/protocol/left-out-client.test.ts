// The client's rules, each left out in turn: the shortest story that then breaks a promise.
import { expect, test } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { storyWithout } from './left-out.ts'
import { STORE_RULES } from './rules.ts'
import { tell } from './wording.ts'

const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
const without = (rule: string) => tell(storyWithout(rule, RULES))

test('replyCounts', () => {
  expect(without('replyCounts')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 1) on S0.
     3. The client hears nothing of A for too long, and gives up S0.
     4. The client opens S1 and sends a resume of S0 (seq 3, mark 1) there.
     5. The resume arrives at S1: the store reads S0, which holds neither call.
     6. B arrives at S0 and is executed.
     7. The client hears the reply: B is acknowledged.
     8. The store writes the copy: S1 now holds neither call.
     9. The client hears that the resume is done: S1 is confirmed.
    So B was acknowledged, and S1 lacks it."
  `)
})

test('afterResume, of a failed resume', () => {
  expect(without('afterResume, of a failed resume')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 1) on S0.
     3. The client hears nothing of A for too long, and gives up S0.
     4. B arrives at S0 and is executed.
     5. The client hears the reply: B is acknowledged.
     6. The client opens S1 and sends a resume of S0 (seq 3, mark 1) there.
     7. The client hears store_unavailable: S1 is confirmed.
    So B was acknowledged, and S1 lacks it."
  `)
})

test('afterResume, of an unknown resume', () => {
  expect(without('afterResume, of an unknown resume')).toMatchInlineSnapshot(`
    " 1. The client sends A on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 there.
     4. The client hears nothing of the resume: it sends it to S1 again.
     5. The resume arrives at S1: the store reads S0, which holds neither call.
     6. The store writes the copy: S1 now holds neither call.
     7. The client hears that the resume is done: S1 is confirmed.
     8. The client sends B on S1.
     9. B arrives at S1 and is executed.
    10. The client hears the reply: B is acknowledged.
    11. The resume arrives at S1: the store reads S0, which holds neither call.
    12. The store writes the copy: S1 now holds neither call.
    So B was acknowledged, and S1 lacks it."
  `)
})

test('afterResume, of an unknown resume of no state', () => {
  expect(without('afterResume, of an unknown resume of no state')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     4. The client hears nothing of the resume: it sends it to S1 again.
     5. The resume arrives at S1: S0 has no state, so nothing is written.
     6. A arrives at S0 and is executed.
     7. The client hears that the resume is done: S1 is confirmed.
     8. The client sends B (seq 3, mark 1) on S1.
     9. B arrives at S1 and is executed.
    10. The client hears the reply: B is acknowledged.
    11. The resume arrives at S1: the store reads S0, which holds A.
    12. The store writes the copy: S1 now holds A.
    So B was acknowledged, and S1 lacks it."
  `)
})

test('resumeFrom', () => {
  expect(without('resumeFrom')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 1) on S0.
     3. The client hears nothing of A for too long, and gives up S0.
     4. B arrives at S0 and is executed.
     5. The client hears the reply: B is acknowledged.
     6. The client opens S1 and sends a resume of S0 (seq 3, mark 1) there.
     7. The client hears nothing of the resume: S1 is abandoned.
     8. The client opens S2 and sends a resume of S1 (seq 4, mark 1) there.
     9. The resume arrives at S2: S1 has no state, so nothing is written.
    10. The client hears that the resume is done: S2 is confirmed.
    So B was acknowledged, and S2 lacks it."
  `)
})

test('usable', () => {
  expect(without('usable')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     4. The client sends A (seq 1, mark 1) on S1.
     5. A arrives at S1 and is executed.
     6. The client hears the reply: A is acknowledged.
     7. The client hears nothing of the resume: S1 is abandoned.
    So A was acknowledged, and S0 lacks it."
  `)
})

test('mayDelete', () => {
  expect(without('mayDelete')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 1) on S0.
     3. The client hears nothing of A for too long, and gives up S0.
     4. B arrives at S0 and is executed.
     5. The client hears the reply: B is acknowledged.
     6. The client opens S1 and sends a resume of S0 (seq 3, mark 1) there, and a DELETE to S0.
     7. The DELETE arrives at S0 and ends its state.
    So B was acknowledged, and S0 lacks it."
  `)
})

test('keyOfNextTry', () => {
  expect(without('keyOfNextTry')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The connection of A to S0 breaks.
     3. The client sends A (seq 2, mark 1) on S0.
     4. A arrives at S0 and is executed.
     5. A arrives at S0 and is executed.
    So A is in S0 2 times."
  `)
})

test('mayRepeat', () => {
  expect(without('mayRepeat')).toMatchInlineSnapshot(`
    " 1. The client sends A on S0.
     2. The connection of A to S0 breaks.
     3. The client sends A on S0.
     4. A arrives at S0 and is executed.
     5. A arrives at S0 and is executed.
    So A is in S0 2 times."
  `)
})

test('acknowledged', () => {
  expect(without('acknowledged')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The connection of A to S0 breaks.
     3. The deadline of A is reached: it ends unknown.
    So the mark stands still at a call that has ended."
  `)
})

test('markBelow', () => {
  expect(without('markBelow')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 2) on S0.
     3. B arrives at S0 and is executed.
     4. A arrives at S0 and is refused: stale.
    So A runs, and is refused as one that has ended."
  `)
})
