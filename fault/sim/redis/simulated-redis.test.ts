// What the owner of a simulated Redis does to it: it moves the time, fills it, makes it read-only, restarts it, watches it.
import { expect, it } from 'vitest'
import { sumOf } from './lua/sum.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { ask } from './test-ask.ts'

it('serves a key in the very millisecond of its deadline, and no longer', () => {
  let now = 1_000
  const session = new SimulatedRedis({ now: () => now }).connect()
  ask(session, 'HSET', 'h', 'f', 'v')
  expect(ask(session, 'PEXPIRE', 'h', '50')).toBe(':1\r\n')
  now = 1_050.999
  expect(ask(session, 'HGET', 'h', 'f')).toBe('$1\r\nv\r\n')
  expect(ask(session, 'PTTL', 'h')).toBe(':0\r\n')
  now = 1_051
  expect(ask(session, 'HGET', 'h', 'f')).toBe('$-1\r\n')
  expect(ask(session, 'DBSIZE')).toBe(':0\r\n')
})

it('lets no deadline outlive its key', () => {
  const session = new SimulatedRedis({ now: () => 1_000 }).connect()
  ask(session, 'HSET', 'h', 'f', 'v')
  ask(session, 'PEXPIRE', 'h', '50')
  ask(session, 'HDEL', 'h', 'f')
  ask(session, 'HSET', 'h', 'f', 'v')
  expect(ask(session, 'PTTL', 'h')).toBe(':-1\r\n')
})

it('stops the time inside of a script', () => {
  let now = 1_795_462_554_537.25
  const session = new SimulatedRedis({ now: () => now++ }).connect()
  const looks = "local a = redis.call('TIME') local b = redis.call('TIME') return {a[1], a[2], b[1], b[2]}"
  const time = '$10\r\n1795462554\r\n$6\r\n537250\r\n'
  expect(ask(session, 'EVAL', looks, '0')).toBe(`*4\r\n${time}${time}`)
})

it('refuses what takes memory when it is full, but not in the middle of a script', () => {
  const redis = new SimulatedRedis({ now: () => 0 })
  const session = redis.connect()
  ask(session, 'HSET', 'h', 'f', 'v')
  redis.refuse('full', 'on')
  expect(ask(session, 'HSET', 'h', 'g', 'v')).toMatch(/^-OOM command not allowed when used memory > 'maxmemory'\.\r\n$/)
  expect(ask(session, 'EVAL', "return redis.call('HSET', 'h', 'g', 'v')", '0')).toMatch(/^-OOM .* script: /)
  expect(ask(session, 'EVAL', "redis.call('HDEL', 'h', 'f') return redis.call('HSET', 'h', 'g', 'v')", '0')).toBe(
    ':1\r\n',
  )
  expect(ask(session, 'PEXPIRE', 'h', '50')).toBe(':1\r\n')
  redis.refuse('full', 'off')
  expect(ask(session, 'HSET', 'h', 'f', 'v')).toBe(':1\r\n')
})

it('refuses every write when it is read-only, after a restart as before', () => {
  const redis = new SimulatedRedis({ now: () => 0 })
  ask(redis.connect(), 'HSET', 'h', 'f', 'v')
  redis.refuse('read-only', 'on')
  redis.restart('kept')
  const session = redis.connect()
  expect(ask(session, 'PEXPIRE', 'h', '50')).toBe("-READONLY You can't write against a read only replica.\r\n")
  expect(ask(session, 'HGET', 'h', 'f')).toBe('$1\r\nv\r\n')
  redis.refuse('read-only', 'off')
  expect(ask(session, 'DEL', 'h')).toBe(':1\r\n')
})

it.each([
  { data: 'kept', left: '$1\r\nv\r\n' },
  { data: 'lost', left: '$-1\r\n' },
] as const)('forgets connections and scripts in a restart, its data $data', ({ data, left }) => {
  const redis = new SimulatedRedis({ now: () => 0 })
  const before = redis.connect()
  ask(before, 'HSET', 'h', 'f', 'v')
  ask(before, 'SCRIPT', 'LOAD', 'return 1')
  redis.restart(data)
  expect(before.isOpen).toBe(false)
  expect(ask(before, 'PING')).toBe('')
  const after = redis.connect()
  expect(ask(after, 'HGET', 'h', 'f')).toBe(left)
  expect(ask(after, 'EVALSHA', sumOf('return 1'), '0')).toBe('-NOSCRIPT No matching script. Please use EVAL.\r\n')
  expect(ask(after, 'EVAL', 'return 1', '0')).toBe(':1\r\n')
})

it('tells of written values of sessions, and of no deadlines, deletions, reads and other keys', () => {
  const redis = new SimulatedRedis({ now: () => 0 })
  const session = redis.connect()
  const seen: string[] = []
  const end = redis.watchWrites((id) => seen.push(id))
  ask(session, 'HSET', 'mcp:session:a', 'f', 'v')
  ask(
    session,
    'EVAL',
    "redis.call('HINCRBY', KEYS[1], 'n', 1) return redis.call('HDEL', KEYS[1], 'n')",
    '1',
    'mcp:session:\xc3\xa9',
  )
  ask(session, 'PEXPIRE', 'mcp:session:a', '50')
  ask(session, 'HGETALL', 'mcp:session:a')
  ask(session, 'HSET', 'mcp:sessions', 'f', 'v')
  ask(session, 'DEL', 'mcp:session:a')
  expect(seen).toEqual(['a', 'é', 'é'])
  end()
  ask(session, 'HSET', 'mcp:session:a', 'f', 'v')
  expect(seen).toHaveLength(3)
})

it('says that a command is not simulated, rather than unknown', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  expect(ask(session, 'GET', 'k')).toBe("-ERR the simulated Redis has no 'get' command\r\n")
  expect(ask(session, 'EVAL', "return redis.call('GET', 'k')", '0')).toMatch(
    /^-ERR the simulated Redis has no 'get' command /,
  )
  expect(ask(session, 'EVAL', "return cjson.encode('k')", '0')).toMatch(/the simulated Redis has no cjson/)
})

it('lets no script leave anything to the next', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  ask(session, 'EVAL', "KEYS.left = 'x' ARGV[1] = 'x'", '0')
  expect(ask(session, 'EVAL', 'return {KEYS.left or 1, ARGV[1] or 1}', '0')).toBe('*2\r\n:1\r\n:1\r\n')
  expect(ask(session, 'EVAL', "string.left = 'x'", '0')).toMatch(/Attempt to modify a readonly table/)
  const draws = 'return math.random(1000000)'
  expect(ask(session, 'EVAL', draws, '0')).toBe(ask(session, 'EVAL', draws, '0'))
})

it('tells texts of scripts apart, and orders them, by their bytes', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  const looks = "local seen = { ['\\1#'] = 'one' } return { seen['\\18\\3'] or 'another', tostring('\\n' < 'A') }"
  expect(ask(session, 'EVAL', looks, '0')).toBe('*2\r\n$7\r\nanother\r\n$4\r\ntrue\r\n')
})
