// Whoever owns a simulated Redis hears of all that it was asked for and has not.
import { expect, it } from 'vitest'
import { SimulatedRedis } from './simulated-redis.ts'
import { ask } from './test-ask.ts'

function told(...words: string[]): { readonly asked: readonly string[]; readonly answer: string } {
  const asked: string[] = []
  const session = new SimulatedRedis({ now: () => 0, onNotSimulated: (command) => asked.push(command) }).connect()
  return { answer: ask(session, ...words), asked }
}

it.each([
  { words: ['get', 'k'], name: 'GET' },
  { words: ['SCAN'], name: 'SCAN' },
  { words: ['Client', 'list'], name: 'CLIENT LIST' },
])('tells of $name from a client, and answers an error', ({ words, name }) => {
  const { asked, answer } = told(...words)
  expect(asked).toEqual([name])
  expect(answer).toBe(`-ERR the simulated Redis has no '${name.toLowerCase().replace(' ', '|')}' command\r\n`)
})

it.each([
  { asks: "redis.pcall('get', 'k')", name: 'GET' },
  { asks: "pcall(redis.call, 'GET', 'k')", name: 'GET' },
  { asks: "redis.pcall('CLIENT', 'LIST')", name: 'CLIENT LIST' },
  { asks: 'pcall(function() return cjson.encode(1) end)', name: 'cjson' },
  { asks: 'pcall(redis.set_repl, 1)', name: 'redis.set_repl' },
  { asks: 'pcall(math.sin, 1)', name: 'math.sin' },
  { asks: 'pcall(redis.setresp, 3)', name: 'redis.setresp(3)' },
])('tells of $name from a script that makes nothing of the error: $asks', ({ asks, name }) => {
  const { asked, answer } = told('EVAL', `${asks} return 'done'`, '0')
  expect(asked).toEqual([name])
  expect(answer).toBe('$4\r\ndone\r\n')
})

it.each([
  { words: ['OOPS'], why: 'Redis does not know either' },
  { words: ['CLIENT', 'SETINFO', 'LIB-NAME', 'x'], why: 'Redis 7.0 does not know either' },
  { words: ['CLIENT'], why: 'has too few words' },
  { words: ['EVAL', "return redis.pcall('OOPS').err", '0'], why: 'a script asks for in vain' },
  { words: ['EVAL', 'return pcall(function() return oops end)', '0'], why: 'is no global' },
  { words: ['HGET'], why: 'is simulated' },
])('tells of nothing that $why: $words', ({ words }) => {
  expect(told(...words).asked).toEqual([])
})

it('lets an error of whoever is told out, through a script that catches all', () => {
  const ended = new Error('The run is over')
  const onNotSimulated = () => {
    throw ended
  }
  const session = new SimulatedRedis({ now: () => 0, onNotSimulated }).connect()
  for (const asks of ["pcall(redis.call, 'GET', 'k')", "redis.pcall('GET')", 'pcall(function() return cjson end)']) {
    expect(() => ask(session, 'EVAL', asks, '0')).toThrow(ended)
  }
  expect(ask(session, 'EVAL', 'return 1', '0')).toBe(':1\r\n')
})
