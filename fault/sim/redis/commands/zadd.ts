// ZADD, which has more options than the other commands together.
import { type Call, word } from '../command.ts'
import { parseDouble } from '../number-text.ts'
import { error, integer, NULL, type Reply, SYNTAX_ERROR, WRONGTYPE } from '../reply.ts'
import type { SortedSet } from '../sorted-set.ts'

type Option = 'NX' | 'XX' | 'GT' | 'LT' | 'CH' | 'INCR'
type Options = ReadonlySet<string>

const OPTIONS: ReadonlySet<string> = new Set<Option>(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'])

export function add(call: Call): Reply {
  const words = call.args.slice(2)
  const first = words.findIndex((each) => !OPTIONS.has(each.toUpperCase()))
  const options = new Set(words.slice(0, first === -1 ? words.length : first).map((each) => each.toUpperCase()))
  const pairs = words.slice(options.size === 0 ? 0 : first === -1 ? words.length : first)
  const refused = refusal(options, pairs)
  if (refused !== undefined) return refused
  const scores = pairs.filter((_, index) => index % 2 === 0).map(score)
  if (scores.includes(undefined)) return error('ERR value is not a valid float')
  const key = word(call, 1)
  const found = call.keys.find(key, call.now)
  if (found !== undefined && found.type !== 'zset') return WRONGTYPE
  if (found === undefined && options.has('XX')) return options.has('INCR') ? NULL : integer(0)
  const value = found ?? call.keys.findOrCreate(key, 'zset', call.now)
  if (value.type !== 'zset') return WRONGTYPE
  const changes = scores.map((each, index) => change(value.scores, pairs[2 * index + 1] ?? '', each ?? 0, options))
  if (value.scores.size === 0) call.keys.delete(key, call.now)
  return answer(call, changes, options)
}

function refusal(options: Options, pairs: readonly string[]): Reply | undefined {
  if (pairs.length === 0 || pairs.length % 2 === 1) return SYNTAX_ERROR
  if (options.has('NX') && options.has('XX')) {
    return error('ERR XX and NX options at the same time are not compatible')
  }
  if ((options.has('GT') && options.has('LT')) || (options.has('NX') && (options.has('GT') || options.has('LT')))) {
    return error('ERR GT, LT, and/or NX options at the same time are not compatible')
  }
  if (options.has('INCR') && pairs.length > 2) {
    return error('ERR INCR option supports a single increment-element pair')
  }
  return undefined
}

/** Unlike the end of a range it can be neither empty nor too large for a double. */
function score(text: string): number | undefined {
  if (text === '') return undefined
  const value = parseDouble(text)
  return value !== undefined && !Number.isFinite(value) && /\d/.test(text) ? undefined : value
}

type Change =
  | { readonly kind: 'added' | 'changed' | 'same'; readonly score: number }
  | { readonly kind: 'left' }
  | { readonly kind: 'not a number' }

function change(scores: SortedSet, member: string, given: number, options: Options): Change {
  const now = scores.score(member)
  if (now === undefined) {
    if (options.has('XX')) return { kind: 'left' }
    scores.set(member, given)
    return { kind: 'added', score: given }
  }
  if (options.has('NX')) return { kind: 'left' }
  const next = options.has('INCR') ? now + given : given
  if (Number.isNaN(next)) return { kind: 'not a number' }
  if ((options.has('GT') && next <= now) || (options.has('LT') && next >= now)) return { kind: 'left' }
  if (next === now) return { kind: 'same', score: next }
  scores.set(member, next)
  return { kind: 'changed', score: next }
}

function answer(call: Call, changes: readonly Change[], options: Options): Reply {
  const [first] = changes
  if (first?.kind === 'not a number') return error('ERR resulting score is not a number (NaN)')
  const added = changes.filter(({ kind }) => kind === 'added').length
  const changed = changes.filter(({ kind }) => kind === 'changed').length
  if (added + changed > 0) call.server.written(call.database, word(call, 1))
  if (options.has('INCR')) {
    return first === undefined || first.kind === 'left' ? NULL : { kind: 'double', value: first.score }
  }
  return integer(options.has('CH') ? added + changed : added)
}
