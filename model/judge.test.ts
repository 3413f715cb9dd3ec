// The judge's verdicts: what they name, and that a spent budget is no pass.
import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import { addNote, counter, increment, notesCount, Story } from './story.ts'
import { SETTINGS } from './twins.ts'

describe('the judge', () => {
  it('names the first impossible answer, what was allowed, and how much it explained before', () => {
    const s = new Story()
    s.ok('a', 'S0', increment, counter(1))
    s.ok('a', 'S0', increment, counter(2))
    s.ok('a', 'S0', increment, counter(2))
    s.ok('a', 'S0', increment, counter(9))
    expect(judge(s.events, SETTINGS)).toEqual({
      kind: 'impossible',
      promise: 'no lost update',
      op: 'op3',
      answer: counter(2),
      allowed: [counter(3)],
      explained: 2,
    })
  })

  it('is undecided, never content, when its budget is spent', () => {
    const s = new Story('noKeys')
    for (const note of 'abcdefgh') s.unknown('a', 'S0', addNote(note))
    for (let call = 0; call < 3; call++) s.ok('a', 'S0', increment, counter(call + 1))
    expect(judge(s.events, { ...SETTINGS, budget: 10 })).toMatchObject({ kind: 'explained' })
    s.ok('a', 'S0', addNote('z'), notesCount(5))
    s.ok('a', 'S0', addNote('y'), notesCount(6))
    expect(judge(s.events, { ...SETTINGS, budget: 10 })).toMatchObject({ kind: 'undecided' })
  })

  it('keeps thirty unknown writes from forking before anybody looks', () => {
    const s = new Story('noKeys')
    for (let lost = 0; lost < 30; lost++) s.unknown('a', 'S0', addNote(String(lost)))
    s.ok('a', 'S0', increment, counter(1))
    expect(judge(s.events, SETTINGS)).toEqual({ kind: 'explained', worlds: 1 })
  })

  it('rejects an answer on a session that the client had left', () => {
    const s = new Story()
    s.resumed('a', 'S0', 'S1', 0)
    s.ok('a', 'S0', increment, counter(1))
    expect(judge(s.events, SETTINGS)).toMatchObject({ kind: 'impossible', op: 'op1' })
  })
})
