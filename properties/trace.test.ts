import { describe, expect, it } from 'vitest'
import { parseTrace } from './trace.ts'

const WHOLE = {
  format: 1,
  topology: { backends: 3, clients: 2 },
  settings: { ttlMs: 3_000 },
  commands: [
    { open: { client: 0 } },
    { during: { call: { increment: { client: 0 } }, at: 'executed', fault: { kill: { backend: { serving: 0 } } } } },
    { cut: { link: 'redis:*' } },
    { resume: { client: 0, from: '*' } },
    { balancer: 'restart' },
  ],
}

describe('reading a trace', () => {
  it('takes what the format allows, and lets pass how it was found', () => {
    const text = JSON.stringify({ ...WHOLE, found: { seed: 1 } })
    expect(parseTrace(text, 't.json')).toEqual(WHOLE)
  })

  it.each<[string, unknown, RegExp]>([
    ['text that is not JSON', '{', /t\.json is not JSON/],
    ['another format', { ...WHOLE, format: 2 }, /t\.json is no trace: format/],
    [
      'an unknown command',
      { ...WHOLE, commands: [{ explode: {} }] },
      /commands\.0: a command is an object with one key of increment/,
    ],
    [
      'two commands in one',
      { ...WHOLE, commands: [{ open: { client: 0 }, close: { client: 0 } }] },
      /commands\.0: a command/,
    ],
    ['a client that is no number', { ...WHOLE, commands: [{ open: { client: 'a' } }] }, /commands\.0\.open\.client/],
    ['what the balancer cannot do', { ...WHOLE, commands: [{ balancer: 'reload' }] }, /commands\.0\.balancer/],
    ['a link that nobody has', { ...WHOLE, commands: [{ cut: { link: 'disk:1' } }] }, /commands\.0\.cut\.link/],
    [
      'an inner call that is none',
      { ...WHOLE, commands: [{ during: { call: { wait: { ms: 1 } }, at: 'sent', fault: { kill: { backend: 1 } } } }] },
      /commands\.0/,
    ],
  ])('names the place in %s', (_, value, message) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    expect(() => parseTrace(text, 't.json')).toThrow(message)
  })
})
