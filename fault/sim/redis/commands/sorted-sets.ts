// The commands on sorted sets, but for those that ask for an order.
import { type Call, type Entry, grows, reads, word, writes } from '../command.ts'
import { parseDouble } from '../number-text.ts'
import { error, integer, NULL, type Reply, WRONGTYPE } from '../reply.ts'
import { type Bound, type ScoreRange, SortedSet } from '../sorted-set.ts'
import { add } from './zadd.ts'

/** Reads the sorted set under the first key; what is not there reads as an empty one. */
function read(call: Call, answer: (scores: SortedSet) => Reply): Reply {
  const value = call.keys.find(word(call, 1), call.now)
  if (value === undefined) return answer(new SortedSet())
  return value.type === 'zset' ? answer(value.scores) : WRONGTYPE
}

const NOT_A_RANGE = error('ERR min or max is not a float')

function range(call: Call): ScoreRange | undefined {
  const from = bound(word(call, 2))
  const to = bound(word(call, 3))
  return from === undefined || to === undefined ? undefined : { from, to }
}

/** Unlike a score it may have blanks before it. */
function bound(text: string): Bound | undefined {
  const itself = text.startsWith('(') ? 'excluded' : 'included'
  const score = parseDouble(text.slice(itself === 'excluded' ? 1 : 0).replace(/^[ \t\n\v\f\r]+(?=.)/s, ''))
  return score === undefined ? undefined : { score, itself }
}

function score(call: Call): Reply {
  return read(call, (scores) => {
    const value = scores.score(word(call, 2))
    return value === undefined ? NULL : { kind: 'double', value }
  })
}

function count(call: Call): Reply {
  const asked = range(call)
  return asked === undefined ? NOT_A_RANGE : read(call, (scores) => integer(scores.count(asked)))
}

function changing(call: Call, change: (scores: SortedSet) => number): Reply {
  const key = word(call, 1)
  const value = call.keys.find(key, call.now)
  if (value === undefined) return integer(0)
  if (value.type !== 'zset') return WRONGTYPE
  const removed = change(value.scores)
  if (value.scores.size === 0) call.keys.delete(key, call.now)
  if (removed > 0) call.server.written(call.database, key)
  return integer(removed)
}

function remove(call: Call): Reply {
  return changing(call, (scores) => call.args.slice(2).filter((member) => scores.delete(member)).length)
}

function removeRange(call: Call): Reply {
  const asked = range(call)
  return asked === undefined ? NOT_A_RANGE : changing(call, (scores) => scores.deleteRange(asked))
}

export const SORTED_SETS: Readonly<Record<string, Entry>> = {
  ZSCORE: reads(3, score),
  ZCOUNT: reads(4, count),
  ZCARD: reads(2, (call) => read(call, (scores) => integer(scores.size))),
  ZADD: grows(-4, add),
  ZREM: writes(-3, remove),
  ZREMRANGEBYSCORE: writes(4, removeRange),
}
