// All worlds of a process share one Lua: no script finds anything that another has left, in its own world or in another.
import { expect, it } from 'vitest'
import { sumOf } from './lua/sum.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { ask } from './test-ask.ts'

const TAMPERING = [
  "rawset(_G, 'left', 1)",
  'setmetatable(_G, nil)',
  'setmetatable(string, { __index = function() return 1 end })',
  "getmetatable(_G).__index = function() return 'left' end",
  "getmetatable('').__index.left = 1",
  "getmetatable('').__add = function() return 1 end",
  "getmetatable('').__index = nil",
  'for name in pairs(redis) do redis[name] = nil end',
  "table.insert(string, 'left')",
  'table.sort(string, function() string.left = 1 return true end)',
  "_ENV = { left = 'left' }",
  "_ENV.left = 'left'",
  'local seen = type(redis) _ENV = { type = type } return seen',
  "loadstring('_ENV = {}')()",
  'KEYS.left, ARGV[1] = 1, 2',
  'math.randomseed(7)',
  'math.random()',
  'local function down() return 1 + down() end down()',
  "error('left')",
  'coroutine.wrap(function() coroutine.yield() end)()',
  'for i = 1, 50 do tostring({}) end',
  'tostring(ipairs({}))',
  "redis.call('SELECT', 3)",
]

const LOOKS = [
  'return left',
  'return KEYS.left or ARGV[1] or #KEYS + #ARGV',
  "return ('x'):rep(3) .. string.upper('a') .. type(string.left) .. type(('').left)",
  'return { tostring({}), tostring(function() end), tostring(redis), tostring(ipairs), tostring((ipairs({}))) }',
  'return { math.random(1000000), math.random(1000000) }',
  "return { type(redis.call), redis.call('ECHO', 'x'), pcall(function() return '1' + 1 end) }",
  'local function a() return KEYS end local function b() return KEYS end return tostring(a == b)',
  "return pcall(function() return 'a' + 1 end)",
]

function answers(scripts: readonly string[]): ReadonlyMap<string, string> {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  return new Map(scripts.map((script) => [script, ask(session, 'EVAL', script, '0')]))
}

it.each(TAMPERING)('answers every script in another world as before: %s', (tampering) => {
  const before = answers(LOOKS)
  const first = answers([tampering])
  expect(answers(LOOKS)).toEqual(before)
  expect(answers([tampering])).toEqual(first)
  const inOneWorld = answers([tampering, ...LOOKS])
  for (const look of LOOKS) expect([look, inOneWorld.get(look)]).toEqual([look, before.get(look)])
})

it('shows of a function nothing that another script has seen of it', () => {
  const shown = answers(['return tostring(rawget)', 'local a, b = {}, {} return tostring(rawget)'])
  expect(new Set(shown.values()).size).toBe(2)
})

it('lets a script choose a database for itself alone', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  ask(session, 'EVAL', "redis.call('SELECT', 3) redis.call('HSET', 'h', 'f', 'v')", '0')
  expect(ask(session, 'DBSIZE')).toBe(':0\r\n')
  ask(session, 'SELECT', '3')
  expect(ask(session, 'DBSIZE')).toBe(':1\r\n')
})

it('knows no script that only another Redis was sent', () => {
  const sent = new SimulatedRedis({ now: () => 0 }).connect()
  const other = new SimulatedRedis({ now: () => 0 }).connect()
  ask(sent, 'SCRIPT', 'LOAD', 'return 7')
  expect(ask(sent, 'EVALSHA', sumOf('return 7'), '0')).toBe(':7\r\n')
  expect(ask(other, 'EVALSHA', sumOf('return 7'), '0')).toBe('-NOSCRIPT No matching script. Please use EVAL.\r\n')
  expect(ask(other, 'SCRIPT', 'EXISTS', sumOf('return 7'))).toBe('*1\r\n:0\r\n')
})

it('knows a script however many were sent since', () => {
  const session = new SimulatedRedis({ now: () => 0 }).connect()
  for (let number = 0; number < 1500; number++) ask(session, 'SCRIPT', 'LOAD', `return ${number}`)
  expect(ask(session, 'EVALSHA', sumOf('return 3'), '0')).toBe(':3\r\n')
})

it('runs no script inside of another', () => {
  const other = new SimulatedRedis({ now: () => 0 }).connect()
  const onNotSimulated = () => void ask(other, 'EVAL', 'return 1', '0')
  const session = new SimulatedRedis({ now: () => 0, onNotSimulated }).connect()
  expect(() => ask(session, 'EVAL', "redis.pcall('GET', 'k')", '0')).toThrow('nothing else can run inside of one')
})
