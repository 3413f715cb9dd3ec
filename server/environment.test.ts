// The environment: what is absent has a default, and what is wrong stops the start with a line that helps.
import { describe, expect, it } from 'vitest'
import { readEnvironment } from './environment.ts'

describe('the environment', () => {
  it('has a default for everything', () => {
    const defaults = {
      instance: 'unknown',
      redisUrl: undefined,
      storeModule: undefined,
      ttlMs: 1_800_000,
      host: '127.0.0.1',
      port: 8000,
      allowedHosts: ['localhost', '127.0.0.1', '[::1]'],
      logLevel: 'info',
      keepAliveMs: 2000,
      storeDeadlineMs: 2000,
      drainMs: 10_000,
    }
    expect(readEnvironment({})).toEqual(defaults)
    expect(readEnvironment({ PORT: '', REDIS_URL: '', SESSION_TTL: '' })).toEqual(defaults)
  })

  it.each([
    ['SESSION_TTL', '0.25', { ttlMs: 250 }],
    ['PORT', '0', { port: 0 }],
    ['ALLOWED_HOSTS', 'a.example, [::1]', { allowedHosts: ['a.example', '[::1]'] }],
    ['REDIS_URL', 'rediss://user:pass@redis:6380/2', { redisUrl: 'rediss://user:pass@redis:6380/2' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['KEEP_ALIVE_MS', '100', { keepAliveMs: 100 }],
    ['DRAIN_MS', '1', { drainMs: 1 }],
  ])('accepts %s=%s', (name, value, read) => {
    expect(readEnvironment({ [name]: value })).toMatchObject(read)
  })

  it.each([
    ['SESSION_TTL', 'soon', 'seconds'],
    ['SESSION_TTL', '0', 'seconds'],
    ['SESSION_TTL', '-1', 'seconds'],
    ['SESSION_TTL', '1e9', 'seconds'],
    ['PORT', '65536', 'port'],
    ['PORT', '80.5', 'port'],
    ['ALLOWED_HOSTS', ',', 'host names'],
    ['ALLOWED_HOSTS', 'http://a', 'host names'],
    ['REDIS_URL', 'localhost:6379', 'redis://'],
    ['LOG_LEVEL', 'loud', 'info'],
    ['STORE_DEADLINE_MS', '0', 'milliseconds'],
  ])('refuses %s=%s in one line that says what is accepted', (name, value, accepted) => {
    const read = () => readEnvironment({ [name]: value })
    expect(read).toThrow(new RegExp(`^${name}="${value.replace(/[.*]/g, '\\$&')}" .*${accepted}.*$`))
  })

  it('keeps the password of a bad URL to itself', () => {
    expect(() => readEnvironment({ REDIS_URL: 'http://user:secret@redis' })).toThrow('"http://***@redis"')
  })
})
