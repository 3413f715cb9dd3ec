// The commands on keys of any type, and the time.
import { toFirstZero } from '../c-text.ts'
import { type Call, type Entry, reads, word, writes } from '../command.ts'
import { matchesGlob } from '../glob.ts'
import { parseInteger } from '../number-text.ts'
import { array, bulk, error, integer, NOT_AN_INTEGER, OK, type Reply, SYNTAX_ERROR } from '../reply.ts'

const LATEST = 2n ** 63n - 1n

function expire(call: Call): Reply {
  const options = new Set(call.args.slice(3).map((each) => each.toUpperCase()))
  const refused = refusal(call, options)
  if (refused !== undefined) return refused
  const left = parseInteger(word(call, 2))
  if (left === undefined) return NOT_AN_INTEGER
  if (BigInt(left) > LATEST - BigInt(call.now)) return error("ERR invalid expire time in 'pexpire' command")
  const key = word(call, 1)
  if (call.keys.find(key, call.now) === undefined) return integer(0)
  const deadline = Number(left) + call.now
  if (!applies(call.keys.deadline(key, call.now), deadline, options)) return integer(0)
  // A deadline that is now or past deletes at once, though one that is reached may still be read.
  if (deadline <= call.now) call.keys.delete(key, call.now)
  else call.keys.setDeadline(key, deadline, call.now)
  return integer(1)
}

function refusal(call: Call, options: ReadonlySet<string>): Reply | undefined {
  const unknown = call.args.slice(3).find((each) => !['NX', 'XX', 'GT', 'LT'].includes(each.toUpperCase()))
  if (unknown !== undefined) return error(`ERR Unsupported option ${toFirstZero(unknown)}`)
  if (options.has('NX') && options.size > 1) {
    return error('ERR NX and XX, GT or LT options at the same time are not compatible')
  }
  if (options.has('GT') && options.has('LT')) {
    return error('ERR GT and LT options at the same time are not compatible')
  }
  return undefined
}

/** A key without a deadline counts as one that has it in all eternity. */
function applies(before: number | undefined, next: number, options: ReadonlySet<string>): boolean {
  if (options.has('NX') && before !== undefined) return false
  if (options.has('XX') && before === undefined) return false
  if (options.has('GT') && (before === undefined || next <= before)) return false
  return !(options.has('LT') && before !== undefined && next >= before)
}

function timeLeft(call: Call): Reply {
  const key = word(call, 1)
  if (call.keys.find(key, call.now) === undefined) return integer(-2)
  const deadline = call.keys.deadline(key, call.now)
  return integer(deadline === undefined ? -1 : deadline - call.now)
}

function flush(call: Call): Reply {
  const mode = call.args[1]?.toUpperCase()
  if (call.args.length > 2 || (mode !== undefined && mode !== 'SYNC' && mode !== 'ASYNC')) return SYNTAX_ERROR
  for (const database of call.server.databases) database.clear()
  return OK
}

/** In no order that anybody may rely on. */
function matching(call: Call): Reply {
  const pattern = word(call, 1)
  // As in Redis, where all keys are asked for: of the empty one the pattern itself would not tell.
  const keys = call.keys.keys(call.now).filter((key) => pattern === '*' || matchesGlob(pattern, key))
  return array(keys.map(bulk))
}

function count(call: Call, counts: (key: string) => boolean): Reply {
  return integer(call.args.slice(1).filter(counts).length)
}

export const KEYS: Readonly<Record<string, Entry>> = {
  DEL: writes(-2, (call) => count(call, (key) => call.keys.delete(key, call.now))),
  EXISTS: reads(-2, (call) => count(call, (key) => call.keys.find(key, call.now) !== undefined)),
  TYPE: reads(2, (call) => ({ kind: 'status', text: call.keys.find(word(call, 1), call.now)?.type ?? 'none' })),
  PEXPIRE: writes(-3, expire),
  KEYS: reads(2, matching),
  PTTL: reads(2, timeLeft),
  DBSIZE: reads(1, (call) => integer(call.keys.size(call.now))),
  FLUSHALL: writes(-1, flush),
  TIME: reads(1, ({ microseconds }) =>
    array([bulk(String(Math.floor(microseconds / 1e6))), bulk(String(microseconds % 1e6))]),
  ),
}
