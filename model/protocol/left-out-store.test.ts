// The store's rules, each left out in turn: the shortest story that then breaks a promise.
import { expect, test } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { storyWithout } from './left-out.ts'
import { STORE_RULES } from './rules.ts'
import { tell } from './wording.ts'

const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
const without = (rule: string) => tell(storyWithout(rule, RULES))

test('recordsInSameStep', () => {
  expect(without('recordsInSameStep')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The connection of A to S0 breaks.
     3. The client sends A (seq 1, mark 1) on S0.
     4. A arrives at S0 and is executed; its record is still to be written.
     5. A arrives at S0 and is executed; its record is still to be written.
    So A is in S0 2 times."
  `)
})

test('recordsCopied', () => {
  expect(without('recordsCopied')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. A arrives at S0 and is executed.
     4. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     5. The resume arrives at S1: the store reads S0, which holds A.
     6. The store writes the copy: S1 now holds A.
     7. The client hears that the resume is done: S1 is confirmed.
     8. The client sends A (seq 1, mark 1) on S1.
     9. A arrives at S1 and is executed.
    So A is in S1 2 times."
  `)
})

test('snapshotWhole', () => {
  expect(without('snapshotWhole')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     4. The resume arrives at S1: the store reads the values of S0, with neither call.
     5. A arrives at S0 and is executed.
     6. The store reads the records of S0.
     7. The store writes the copy: S1 now holds neither call.
     8. The client hears that the resume is done: S1 is confirmed.
     9. The client sends A (seq 1, mark 1) on S1.
    10. A arrives at S1 and is answered from its record.
    11. The client hears the reply: A is acknowledged.
    So A was acknowledged, and S1 lacks it."
  `)
})

test('copyOnce', () => {
  expect(without('copyOnce')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     4. The resume arrives at S1: the store reads S0, which holds neither call.
     5. The store writes the copy: S1 now holds neither call.
     6. The client hears that the resume is done: S1 is confirmed.
     7. The client sends A (seq 1, mark 1) on S1.
     8. A arrives at S1 and is executed.
     9. The client hears the reply: A is acknowledged.
    10. The resume arrives at S1 once more: the store reads S0, which holds neither call.
    11. The store writes the copy: S1 now holds neither call.
    So A was acknowledged, and S1 lacks it."
  `)
})

test('copyComparesRevision', () => {
  expect(without('copyComparesRevision')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client hears nothing of A for too long, and gives up S0.
     3. The client opens S1 and sends a resume of S0 (seq 2, mark 1) there.
     4. The resume arrives at S1: the store reads S0, which holds neither call.
     5. The resume arrives at S1 once more: the store reads S0, which holds neither call.
     6. The store writes the copy: S1 now holds neither call.
     7. The client hears that the resume is done: S1 is confirmed.
     8. The client sends A (seq 1, mark 1) on S1.
     9. A arrives at S1 and is executed.
    10. The client hears the reply: A is acknowledged.
    11. The store writes the copy: S1 now holds neither call.
    So A was acknowledged, and S1 lacks it."
  `)
})

test('refuseStale', () => {
  expect(without('refuseStale')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The connection of A to S0 breaks.
     3. The client sends A (seq 1, mark 1) on S0.
     4. A arrives at S0 and is executed.
     5. The client hears the reply: A is acknowledged.
     6. The client sends B (seq 2, mark 2) on S0.
     7. B arrives at S0 and is executed.
     8. A arrives at S0 and is executed.
    So A is in S0 2 times."
  `)
})

test('dropBelowMark', () => {
  expect(without('dropBelowMark')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. A arrives at S0 and is executed.
     3. The client hears the reply: A is acknowledged.
     4. The client sends B (seq 2, mark 2) on S0.
     5. B arrives at S0 and is executed.
    So S0 keeps a record below the mark."
  `)
})

test('recordsPerClient', () => {
  expect(without('recordsPerClient')).toMatchInlineSnapshot(`
    " 1. The client sends A (seq 1, mark 1) on S0.
     2. The client sends B (seq 2, mark 1) on S0.
     3. B arrives at S0 and is executed.
     4. The client hears the reply: B is acknowledged.
     5. A second client opens F and sends a resume of S0 there.
     6. F is copied from S0, which holds B; C is sent on F and answered from a record.
    So C was acknowledged, and the fork lacks it."
  `)
})
