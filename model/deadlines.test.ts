// Stories of time: when state is there, when it is gone, what slides its deadline.
import {
  addNote,
  counter,
  getCounter,
  increment,
  listNotes,
  notes,
  notesCount,
  peekAt,
  resumed,
  resumeFrom,
} from './story.ts'
import { story } from './twins.ts'

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
  'a late duplicate is answered from its record, and slides the deadline',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    const call = s.begin('a', 'S0', increment)
    call.lostThenOn('S0')
    call.ok(counter(1))
    s.wait(3_500)
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a lost resume may have copied what has expired since',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.ok('b', 'T0', increment, counter(1))
    s.wait(2_500)
    s.unknown('a', 'S0', resumeFrom('T0'))
    s.wait(1_000)
    s.ok('b', 'T0', getCounter, counter(0))
    s.ok('a', 'S0', getCounter, answer)
  },
)

story(
  'a try that comes after its session expired runs anew',
  { right: [counter(0), counter(1)], wrong: [counter(2)], breaks: 'exactly once' },
  (s, answer) => {
    s.unknown('a', 'S0', increment)
    s.ok('a', 'S0', increment, counter(1))
    s.wait(3_500)
    s.ok('a', 'S0', getCounter, counter(0))
    s.ok('a', 'S0', getCounter, answer)
  },
)
