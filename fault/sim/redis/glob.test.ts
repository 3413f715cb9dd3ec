// KEYS lists what its pattern matches, by the rules of Redis. Held against the real one by differential.test.ts.
import { expect, it } from 'vitest'
import { matchesGlob } from './glob.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { ask } from './test-ask.ts'

it.each([
  { pattern: 'h?llo', matches: ['hello', 'h\xffllo'], differs: ['hllo', 'heello'] },
  { pattern: 'h*llo', matches: ['hllo', 'heeello'], differs: ['hell', 'xhllo'] },
  { pattern: '*a*b', matches: ['ab', 'xaxb', 'abab'], differs: ['ba', 'abx'] },
  { pattern: 'h[ae]llo', matches: ['hello', 'hallo'], differs: ['hillo', 'hllo'] },
  { pattern: 'h[^e]llo', matches: ['hallo', 'h^llo'], differs: ['hello', 'hllo'] },
  { pattern: 'h[a-c]', matches: ['ha', 'hb', 'hc'], differs: ['hd', 'h-'] },
  { pattern: 'h[c-a]', matches: ['ha', 'hb', 'hc'], differs: ['hd'] },
  { pattern: '[\x80-a]', matches: ['\x80', '\xff', '\0', 'a'], differs: ['b'] },
  { pattern: '\\*\\', matches: ['*\\'], differs: ['a\\', '*'] },
  { pattern: '[\\]]', matches: [']'], differs: ['\\', '\\]'] },
  { pattern: '[\\', matches: ['\\'], differs: ['[', '[\\'] },
  { pattern: '[ab', matches: ['a', 'b'], differs: ['[ab', 'c'] },
  { pattern: '[]', matches: [], differs: ['', '[]', ']'] },
  { pattern: '[^]', matches: ['a', ']'], differs: [''] },
  { pattern: '', matches: [''], differs: ['a'] },
  { pattern: 'a**', matches: ['a', 'ab'], differs: [''] },
])('reads the pattern $pattern', ({ pattern, matches, differs }) => {
  expect(matches.filter((text) => !matchesGlob(pattern, text))).toEqual([])
  expect(differs.filter((text) => matchesGlob(pattern, text))).toEqual([])
})

it('gives up a hopeless pattern of many stars at once', () => {
  expect(matchesGlob('a*'.repeat(40).concat('b'), 'a'.repeat(200))).toBe(false)
})

it('lists the keys of its own database that are not expired, the empty one too', () => {
  let now = 1_000
  const session = new SimulatedRedis({ now: () => now }).connect()
  for (const key of ['', 'kept', 'gone']) ask(session, 'HSET', key, 'f', 'v')
  ask(session, 'PEXPIRE', 'gone', '50')
  ask(session, 'SELECT', '1')
  ask(session, 'HSET', 'other', 'f', 'v')
  ask(session, 'SELECT', '0')
  now = 1_050
  expect(ask(session, 'KEYS', '[gk]*')).toBe('*2\r\n$4\r\nkept\r\n$4\r\ngone\r\n')
  now = 1_051
  expect(ask(session, 'KEYS', '*')).toBe('*2\r\n$0\r\n\r\n$4\r\nkept\r\n')
  expect(ask(session, 'KEYS', '**')).toBe('*1\r\n$4\r\nkept\r\n')
})
