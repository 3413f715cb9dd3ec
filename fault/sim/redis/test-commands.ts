// Draws the commands that are simulated, rightly and wrongly used.
import fc from 'fast-check'
import { READ_LUA } from '../../../server/store/read.lua.ts'
import { WRITE_LUA } from '../../../server/store/write.lua.ts'
import { sumOf } from './lua/sum.ts'
import { hostilePatterns } from './test-patterns.ts'

/** One request; texts are bytes, a character each. */
export type Request = readonly string[]

// Few, so that commands meet.
export const keys = fc.constantFrom('k1', 'k2', 'mcp:session:a', '', '\0\xff\r\n')
const fields = fc.oneof(
  fc.constantFrom('a', 'b'),
  fc.constantFrom('a', 'b', 'n', 'r', 'v"x"', '', '\x80\0'),
  fc.string({ maxLength: 3, unit: 'binary-ascii' }),
)
const integers = fc.constantFrom(
  '0',
  '1',
  '-1',
  '5',
  '007',
  '+3',
  '1.5',
  'x',
  '',
  ' 1',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '9007199254740993',
)
const scores = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '2.5',
    '-3',
    '1e3',
    '0.1',
    'inf',
    '-inf',
    '+INF',
    'nan',
    '0x10',
    '.5',
    '5.',
    '1e400',
    '',
    'x',
    ' 1',
    '1795462554537',
    '1e22',
    '2.98023223876953125e-08',
    '123456789.123',
  ),
  fc.double({ noNaN: true }).map(String),
)
const bounds = fc.oneof(
  scores,
  scores.map((score) => `(${score}`),
  fc.constantFrom('-inf', '+inf', '('),
)
/** In the past, now, or so far ahead that no run sees it come. */
const deadlines = fc.constantFrom('-5', '0', '5000000', '9000000', 'x', '9223372036854775807', '-9223372036854775808')
const words = fc.array(fc.constantFrom('NX', 'XX', 'gt', 'LT', 'CH', 'incr', 'oops'), { maxLength: 2 })
export const texts = fc.oneof(integers, fields, fc.string({ unit: 'binary-ascii', maxLength: 40 }))

export function request(
  ...parts: readonly (string | fc.Arbitrary<string | readonly string[]>)[]
): fc.Arbitrary<Request> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((drawn) => drawn.flat())
}

export function some(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.tuple(...parts), { minLength: 1, maxLength: 3 }).map((drawn) => drawn.flat())
}

/** Without EVAL, and without what answers the time or a connection's number. */
export const dataCommands: fc.Arbitrary<Request> = fc.oneof(
  request('HSET', keys, some(fields, texts)),
  request('HGET', keys, fields),
  request('hgetall', keys),
  request('HKEYS', keys),
  request('HLEN', keys),
  request('HMGET', keys, some(fields)),
  request('HDEL', keys, some(fields)),
  request('HINCRBY', keys, fields, integers),
  request('ZADD', keys, some(scores, fields)),
  request('ZADD', keys, words, some(scores, fields)),
  request('ZREM', keys, some(fields)),
  request('ZSCORE', keys, fields),
  request('ZCARD', keys),
  request('ZCOUNT', keys, bounds, bounds),
  request('ZREMRANGEBYSCORE', keys, bounds, bounds),
  request('PEXPIRE', keys, deadlines),
  request('PEXPIRE', keys, deadlines, words),
  request('PTTL', keys),
  request('DEL', some(keys)),
  request('EXISTS', some(keys)),
  request('TYPE', keys),
  request('DBSIZE'),
  request('PING'),
  request('ECHO', texts),
)

const patterns = fc.oneof(hostilePatterns, fc.constantFrom('*', 'k*', 'k[12]', 'mcp:*:?', '', '?[^k]*'))

/** Its answer has no order: a script would make something of that. */
export const listings: fc.Arbitrary<Request> = request('KEYS', patterns)

export const administration: fc.Arbitrary<Request> = fc.oneof(
  request('HELLO', fc.constantFrom('2', '3', '4', 'x')),
  request('HELLO', '3', fc.constantFrom(['AUTH', 'default', 'x'], ['AUTH', 'a', 'b'], ['SETNAME', 'me'], ['oops'])),
  request('SELECT', fc.constantFrom('0', '1', '15', '16', '-1', 'x')),
  request('AUTH', fc.constantFrom(['x'], ['default', 'x'], ['a', 'b'], ['a', 'b', 'c'])),
  request('CLIENT', fc.constantFrom(['GETNAME'], ['SETNAME', 'me'], ['SETNAME', 'a b'], ['SETNAME'], ['oops'])),
  request('CONFIG', fc.constantFrom(['GET', 'maxmemory'], ['GET'], ['oops'], ['SET', 'oops', '1'])),
  request('SCRIPT', fc.constantFrom(['FLUSH'], ['FLUSH', 'async'], ['FLUSH', 'x'], ['KILL'], ['LOAD'], ['oops'])),
  request('SCRIPT', 'EXISTS', some(fc.constantFrom(sumOf(READ_LUA), sumOf(WRITE_LUA).toUpperCase(), 'x'))),
  request('FLUSHALL', fc.constantFrom([], ['SYNC'], ['async'], ['oops'], ['SYNC', 'SYNC'])),
  request('oops', fc.array(texts, { maxLength: 3 })),
  request(fc.constantFrom('COMMAND|x', '', 'a'.repeat(200)), some(fc.constantFrom('b'.repeat(100), "'", 'c'))),
  request('PING', fc.array(texts, { maxLength: 2 })),
)

/** A word too many or too few. */
export const miscounted = dataCommands.chain((args) =>
  fc.oneof(
    fc.constant([...args, 'more']),
    fc.nat({ max: args.length - 1 }).map((kept) => args.slice(0, Math.max(1, kept))),
  ),
)
