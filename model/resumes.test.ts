// Stories of sessions that are resumed: what a copy holds, what stays behind, whose answers count.
import {
  addNote,
  counter,
  getCounter,
  increment,
  notesCount,
  ownSummary,
  peekAt,
  resumed,
  resumeFrom,
} from './story.ts'
import { story } from './twins.ts'

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
  'a lost resume may have copied what its source held then, or holds now',
  { right: [counter(0), counter(1), counter(2)], wrong: [counter(3)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('b', 'T0', increment, counter(1))
    s.unknown('a', 'S0', resumeFrom('T0'))
    s.ok('b', 'T0', increment, counter(2))
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a lost resume may have copied a lost write',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.unknown('b', 'T0', increment)
    s.unknown('a', 'S0', resumeFrom('T0'))
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a copy of nothing is recorded too, where its target lives',
  { right: [resumed(0)], wrong: [resumed(2)], breaks: 'isolation' },
  (s, answer) => {
    s.ok('a', 'S0', increment, counter(1))
    const resume = s.begin('a', 'S0', resumeFrom('T0'))
    s.ok('b', 'T0', increment, counter(1))
    resume.lostThenOn('S0')
    resume.ok(answer)
  },
)
