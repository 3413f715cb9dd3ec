// Stories of calls on one session: acknowledged, lost, repeated, overlapping.
import { addNote, counter, getCounter, increment, listNotes, notes, notesCount, peekAt, watch } from './story.ts'
import { story } from './twins.ts'

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

story(
  'an older lost write may have come before a later call that cannot see it, and shows when somebody looks',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', addNote('x'), notesCount(1))
    s.ok('a', 'S0', getCounter, answer)
  },
)
