// The commands on hashes.
import { type Call, type Entry, grows, reads, word, writes } from '../command.ts'
import { addIntegers, parseInteger } from '../number-text.ts'
import { array, bulk, bulkOrNull, error, integer, NOT_AN_INTEGER, type Reply, WRONGTYPE } from '../reply.ts'

type Fields = ReadonlyMap<string, string>
const NO_FIELDS: Fields = new Map()

/** Reads the hash under the first key; what is not there reads as an empty one. */
function reading(words: number, answer: (fields: Fields, call: Call) => Reply): Entry {
  return reads(words, (call) => {
    const value = call.keys.find(word(call, 1), call.now)
    if (value === undefined) return answer(NO_FIELDS, call)
    return value.type === 'hash' ? answer(value.fields, call) : WRONGTYPE
  })
}

function set(call: Call): Reply {
  if (call.args.length % 2 === 1) return error("ERR wrong number of arguments for 'hset' command")
  const value = call.keys.findOrCreate(word(call, 1), 'hash', call.now)
  if (value.type !== 'hash') return WRONGTYPE
  const before = value.fields.size
  for (let at = 2; at < call.args.length; at += 2) value.fields.set(word(call, at), word(call, at + 1))
  call.server.written(call.database, word(call, 1))
  return integer(value.fields.size - before)
}

function remove(call: Call): Reply {
  const key = word(call, 1)
  const value = call.keys.find(key, call.now)
  if (value === undefined) return integer(0)
  if (value.type !== 'hash') return WRONGTYPE
  const before = value.fields.size
  for (const field of call.args.slice(2)) value.fields.delete(field)
  const removed = before - value.fields.size
  if (value.fields.size === 0) call.keys.delete(key, call.now)
  if (removed > 0) call.server.written(call.database, key)
  return integer(removed)
}

function increase(call: Call): Reply {
  const by = parseInteger(word(call, 3))
  if (by === undefined) return NOT_AN_INTEGER
  const value = call.keys.findOrCreate(word(call, 1), 'hash', call.now)
  if (value.type !== 'hash') return WRONGTYPE
  const before = parseInteger(value.fields.get(word(call, 2)) ?? '0')
  if (before === undefined) return error('ERR hash value is not an integer')
  const sum = addIntegers(before, by)
  if (sum === undefined) return error('ERR increment or decrement would overflow')
  value.fields.set(word(call, 2), String(sum))
  call.server.written(call.database, word(call, 1))
  return integer(sum)
}

export const HASHES: Readonly<Record<string, Entry>> = {
  HGET: reading(3, (fields, call) => bulkOrNull(fields.get(word(call, 2)))),
  HMGET: reading(-3, (fields, call) => array(call.args.slice(2).map((field) => bulkOrNull(fields.get(field))))),
  HGETALL: reading(2, (fields) => ({
    kind: 'map',
    pairs: Array.from(fields, ([field, text]) => [bulk(field), bulk(text)] as const),
  })),
  HKEYS: reading(2, (fields) => array(Array.from(fields.keys(), bulk))),
  HLEN: reading(2, (fields) => integer(fields.size)),
  HSET: grows(-4, set),
  HDEL: writes(-3, remove),
  HINCRBY: grows(4, increase),
}
