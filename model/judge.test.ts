// Stories by hand, each with the answer that can be explained and its twin, one answer off, that cannot.
import { describe, expect, it } from 'vitest'
import type { Answer } from './call.ts'
import { type BrokenPromise, type JudgeSettings, judge } from './judge.ts'
import {
  addNote,
  counter,
  getCounter,
  increment,
  listNotes,
  notes,
  notesCount,
  ownSummary,
  peekAt,
  resumed,
  resumeFrom,
  Story,
  watch,
} from './story.ts'

const SETTINGS: JudgeSettings = { ttlMs: 3_000, clockSlackMs: 5 }

interface Twin {
  readonly right: readonly Answer[]
  readonly wrong: readonly Answer[]
  readonly breaks: BrokenPromise
  readonly keys?: 'keys' | 'noKeys'
}

function story(title: string, twin: Twin, tell: (story: Story, answer: Answer) => void) {
  const told = (answer: Answer) => {
    const one = new Story(twin.keys)
    tell(one, answer)
    return judge(one.events, SETTINGS)
  }
  describe(title, () => {
    for (const answer of twin.right) {
      it(`explains ${JSON.stringify(answer)}`, () => expect(told(answer)).toMatchObject({ kind: 'explained' }))
    }
    for (const answer of twin.wrong) {
      it(`rejects ${JSON.stringify(answer)}: ${twin.breaks}`, () =>
        expect(told(answer)).toMatchObject({ kind: 'impossible', promise: twin.breaks, answer }))
    }
  })
}

story(
  'acknowledged increments count up',
  { right: [counter(2)], wrong: [counter(1)], breaks: 'no lost update' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.ok('a', 'S0', increment, answer)
  },
)

story(
  'a lost reply may or may not have been executed',
  { right: [counter(1), counter(2)], wrong: [counter(3)], breaks: 'exactly once', keys: 'noKeys' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', increment, answer)
  },
)

story(
  'identical lost calls are a count',
  { right: [counter(1), counter(4)], wrong: [counter(5)], breaks: 'exactly once', keys: 'noKeys' },
  (s, answer) => {
    for (let lost = 0; lost < 3; lost++) s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', increment, answer)
  },
)

story(
  'a call repeated with its key is executed once, whichever try it was',
  { right: [counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    const call = s.begin('a', 'S0', increment)
    call.lostThenOn('S0')
    call.ok(answer)
  },
)

story(
  'a call repeated after a resume is executed once, whether the snapshot had it or not',
  { right: [counter(2)], wrong: [counter(3)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    const call = s.begin('a', 'S0', increment)
    s.resumed('a', 'S0', 'S1', 1)
    call.lostThenOn('S1')
    call.ok(counter(2))
    s.ok('a', 'S1', getCounter, answer)
  },
)

story(
  'a resume brings the records along: what it copied is not done again',
  { right: [counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    const call = s.begin('a', 'S0', increment)
    s.resumed('a', 'S0', 'S1', 1)
    call.lostThenOn('S1')
    call.ok(answer)
  },
)

story(
  'the try that was answered is the one that counts',
  {
    right: [{ kind: 'summary', counter: 0, notes: [], analysis: null }],
    wrong: [{ kind: 'summary', counter: 1, notes: [], analysis: null }],
    breaks: 'exactly once',
  },
  (s, answer) => {
    const call = s.begin('a', 'S0', increment)
    s.resumed('a', 'S0', 'S1', 0)
    call.refusedThenOn('S1')
    call.ok(counter(1))
    s.ok('b', 'T0', peekAt('S0'), answer)
  },
)

story(
  'the number of values that a resume copied tells whether a lost write was in it',
  { right: [counter(0)], wrong: [counter(1)], breaks: 'exactly once', keys: 'noKeys' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.resumed('a', 'S0', 'S1', 0)
    s.ok('a', 'S1', getCounter, answer)
  },
)

story(
  'what the old session still does after the resume touches the old session only',
  { right: [counter(1)], wrong: [counter(2)], breaks: 'exactly once', keys: 'noKeys' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.resumed('a', 'S0', 'S1', 1)
    s.unknown('b', 'S0', increment)
    s.ok('a', 'S1', getCounter, answer)
  },
)

story(
  'a pending write shows to another client that peeks at the old session',
  {
    right: [
      { kind: 'summary', counter: 1, notes: [], analysis: null },
      { kind: 'summary', counter: 2, notes: [], analysis: null },
    ],
    wrong: [{ kind: 'summary', counter: 3, notes: [], analysis: null }],
    breaks: 'exactly once',
  },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.unknown('a', 'S0', increment)
    s.ok('b', 'T0', peekAt('S0'), answer)
  },
)

story(
  'once a later call was acknowledged, an older pending one can no longer happen there',
  { right: [counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', addNote('x'), notesCount(1))
    s.ok('a', 'S0', increment, counter(1))
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'two lost notes may have come in either order, or not at all',
  { right: [notes('c', 'b', 'a'), notes('c')], wrong: [notes('b', 'a')], breaks: 'linearizable', keys: 'noKeys' },
  (s, answer) => {
    s.unknown('a', 'S0', addNote('a'))
    s.unknown('a', 'S0', addNote('b'))
    s.ok('a', 'S0', addNote('c'), notesCount(1))
    s.ok('a', 'S0', listNotes, answer)
  },
)

story(
  'a resume into a session with state lays the old values over the new ones',
  {
    right: [{ kind: 'summary', counter: 2, notes: ['kept'], analysis: null }],
    wrong: [{ kind: 'summary', counter: 1, notes: ['kept'], analysis: null }],
    breaks: 'no lost update',
  },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.ok('a', 'S0', increment, counter(2))
    s.ok('b', 'T0', increment, counter(1))
    s.ok('b', 'T0', addNote('kept'), notesCount(1))
    s.ok('b', 'T0', resumeFrom('S0'), resumed(1))
    s.ok('b', 'T0', ownSummary, answer)
  },
)

story(
  'a session that was resumed goes on by itself',
  { right: [counter(2)], wrong: [counter(3)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.ok('b', 'T0', resumeFrom('S0'), resumed(1))
    s.ok('b', 'T0', increment, counter(2))
    s.ok('a', 'S0', increment, answer)
  },
)

story(
  'an id that nobody has gives nothing and changes nothing',
  { right: [resumed(0)], wrong: [resumed(1)], breaks: 'isolation' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.ok('b', 'T0', resumeFrom('*'), answer)
  },
)

story(
  'resuming the session one is in changes nothing',
  { right: [{ kind: 'sameSession' }], wrong: [resumed(1)], breaks: 'linearizable' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.ok('a', 'S0', resumeFrom('S0'), answer)
  },
)

story(
  'state is readable until its deadline',
  { right: [counter(1)], wrong: [counter(0)], breaks: 'ttl' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.wait(2_500)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'state is gone from its deadline on',
  { right: [counter(0)], wrong: [counter(1)], breaks: 'ttl' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.wait(3_500)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a deadline that falls into a look allows both answers',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.wait(2_950)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story('a read slides the deadline', { right: [counter(1)], wrong: [counter(0)], breaks: 'ttl' }, (s, answer) => {
  s.ok('a', 'S0', increment, counter(1))
  s.wait(1_800)
  s.ok('a', 'S0', getCounter, counter(1))
  s.wait(1_800)
  s.ok('a', 'S0', getCounter, answer)
})

story('a peek slides nothing', { right: [counter(0)], wrong: [counter(1)], breaks: 'ttl' }, (s, answer) => {
  s.ok('a', 'S0', increment, counter(1))
  s.wait(1_800)
  s.ok('b', 'T0', peekAt('S0'), { kind: 'summary', counter: 1, notes: [], analysis: null })
  s.wait(1_800)
  s.ok('a', 'S0', getCounter, answer)
})

story(
  'a resume starts a full TTL, and leaves the old deadline alone',
  {
    right: [{ kind: 'summary', counter: 0, notes: [], analysis: null }],
    wrong: [{ kind: 'summary', counter: 1, notes: [], analysis: null }],
    breaks: 'ttl',
  },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.wait(1_800)
    s.ok('b', 'T0', resumeFrom('S0'), resumed(1))
    s.wait(1_800)
    s.ok('b', 'T0', getCounter, counter(1))
    s.ok('b', 'T0', peekAt('S0'), answer)
  },
)

story(
  'a use of unknown outcome leaves the end of the deadline open',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.wait(1_800)
    s.unknown('a', 'S0', getCounter)
    s.wait(1_800)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a use that may still come can slide the deadline after a later one',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    s.unknown('a', 'S0', getCounter)
    s.ok('a', 'S0', getCounter, counter(1))
    s.wait(3_500)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a call that can no longer happen slides nothing',
  { right: [notes()], wrong: [notes('x')], breaks: 'ttl' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', addNote('x'), notesCount(1))
    s.wait(3_500)
    s.ok('a', 'S0', listNotes, answer)
  },
)

story(
  'an answer counts on the branch that the client follows: a late one of the old session must be in the new',
  {
    right: [counter(2)],
    wrong: [counter(1)],
    breaks: 'no lost update',
  },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    const late = s.begin('a', 'S0', increment)
    const confirm = s.beginResume('a', 'S0', 'S1')
    confirm(1)
    late.ok(counter(2))
    s.ok('a', 'S1', getCounter, answer)
  },
)

story(
  'overlapping calls may take effect in either order, but in one',
  { right: [counter(1), counter(2)], wrong: [counter(3)], breaks: 'exactly once' },
  (s, answer) => {
    const first = s.begin('a', 'S0', increment)
    const second = s.begin('a', 'S0', increment)
    second.ok(answer)
    first.ok(answer.kind === 'counter' && answer.counter === 1 ? counter(2) : counter(1))
  },
)

story(
  'a call that surely failed left nothing',
  { right: [counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.begin('a', 'S0', increment).fail()
    const refused = s.begin('a', 'S0', increment)
    refused.refusedThenOn('S0')
    refused.ok(answer)
  },
)

story(
  'a watch sees the changes that happened while it looked, when they happened',
  {
    right: [{ kind: 'changes', changes: [{ from: 0, to: 1, at: 0.5 }] }],
    wrong: [
      { kind: 'changes', changes: [] },
      { kind: 'changes', changes: [{ from: 0, to: 1, at: 1 }] },
      { kind: 'changes', changes: [{ from: 0, to: 2, at: 0.5 }] },
    ],
    breaks: 'linearizable',
  },
  (s, answer) => {
    const watching = s.begin('a', 'S0', watch(1))
    s.wait(200)
    s.ok('a', 'S0', increment, counter(1))
    s.wait(750)
    watching.ok(answer)
  },
)

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
