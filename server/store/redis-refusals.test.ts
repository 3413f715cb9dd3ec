// Redis says no: what it still serves is served, the rest was surely not executed and names the reason, and when the
// state is over nothing of it is left.
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../wire/clock.ts'
import { RedisSessionStore } from './redis-store.ts'
import { openLine, type TestLine } from './test-line.ts'
import { AMPLE_MS, askEverything, everything, increment, LONG, looks, prepare, slides } from './test-operations.ts'
import { describeWithRedis } from './test-redis.ts'
import { REFUSING, SHUT } from './test-refusals.ts'

const SERVED = 'served'

describeWithRedis('the Redis store, where Redis', (redis) => {
  let line: TestLine
  let store: RedisSessionStore
  let failures: Error[]
  const opened: RedisSessionStore[] = []

  function open(login: '' | 'user:secret@', options = {}): RedisSessionStore {
    const url = `redis://${login}127.0.0.1:${redis().port}`
    const onError = (error: Error) => failures.push(error)
    const opening = new RedisSessionStore({ url, deadlineMs: AMPLE_MS, onError, redis: options })
    opened.push(opening)
    return opening
  }

  const permit = (user: string, ...rights: string[]) =>
    redis().command('acl', 'setuser', user, 'reset', 'on', '>secret', '~mcp:*', '+@all', ...rights)

  /** All that Redis holds of the two sessions. */
  async function held(): Promise<string[]> {
    return Promise.all(['s', 't'].map((id) => redis().command('hgetall', `mcp:session:${id}`)))
  }

  /** Answers by operation, the reason of each error cut off where it is the expected one. */
  function told(answers: Readonly<Record<string, string>>, says: RegExp): Record<string, string> {
    const short = ([name, answer]: [string, string]) => {
      const [code = '', ...reason] = answer.split(': ')
      return [name, says.test(reason.join(': ')) ? code : answer]
    }
    return Object.fromEntries(Object.entries(answers).map(short))
  }

  const expected = (served: readonly string[]) =>
    Object.fromEntries(everything.map((name) => [name, served.includes(name) ? SERVED : 'store_unavailable']))

  async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await happened())) await systemClock.sleep(5)
  }

  const isServed = () =>
    store.ping().then(
      () => true,
      () => false,
    )

  beforeEach(async () => {
    failures = []
    line = await openLine(redis().port)
    await line.say('FLUSHALL')
    await permit('user')
    store = open('user:secret@')
    await prepare(store)
  })
  afterEach(async () => {
    line.close()
    for (const each of opened.splice(0)) await each.close()
  })

  it.each(REFUSING)('$state', async ({ enter, leave, served, says }) => {
    const before = await held()
    await enter(redis(), line)
    const { answers, late } = await askEverything(store, AMPLE_MS).finally(() => leave(redis(), line))
    expect({ told: told(answers, says), late }).toEqual({ told: expected(served), late: [] })
    expect(await held()).toEqual(before)
    expect(await store.update('s', 'n', increment, LONG)).toBe(2)
    expect(failures).toEqual([])
  })

  it.each(SHUT)('$state', async ({ enter, leave, says, login }) => {
    store = open(login)
    await store.ping()
    await enter(redis(), line)
    await until(() => failures.some(({ message }) => says.test(message)))
    const { answers, late } = await askEverything(store, AMPLE_MS).finally(() => leave(redis(), line))
    expect({ told: told(answers, says), late }).toEqual({ told: expected([]), late: [] })
    await until(isServed)
    expect(await store.update('s', 'n', increment, LONG)).toBe(2)
    expect(inspect([answers, failures], { depth: 9 })).not.toMatch(/secret|another/)
  })

  it('is loading its data', async () => {
    await line.say('CONFIG SET rdbcompression no')
    for (let at = 0; at < 200; at++) await line.say(`SET filler:${at} ${'x'.repeat(4_000)}`)
    store = open('')
    await redis().end('saved')
    await redis().start('loading', ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '2048'])
    const unchecked = open('', { enableReadyCheck: false })
    const { answers, late } = await askEverything(unchecked, AMPLE_MS)
    expect({ told: told(answers, /LOADING /), late }).toEqual({ told: expected([]), late: [] })
    const notReady = async (): Promise<boolean> => {
      const said = await store.ping().catch((error: unknown) => String(error))
      return /Redis is not ready: it loads its data/.test(`${said}`)
    }
    await until(notReady)
    await redis().command('config', 'set', 'key-load-delay', '0')
    await until(isServed)
    expect(await store.update('s', 'n', increment, LONG)).toBe(2)
  })

  it('lets this user run no script', async () => {
    await permit('user', '-evalsha')
    const { answers } = await askEverything(store, AMPLE_MS)
    expect(told(answers, /^NOPERM .*'evalsha'/)).toEqual(expected(['keys', 'ping']))
  })

  it('lets this user write nothing', async () => {
    const before = await held()
    await permit('user', '-hset')
    const { answers } = await askEverything(store, AMPLE_MS)
    expect(told(answers, /can't run this command|NOPERM .*'hset'/)).toEqual(expected([...looks, ...slides]))
    expect(await held()).toEqual(before)
  })

  it('stops a write in its middle: what was begun is said to be unknown', async () => {
    await permit('user', '-hincrby')
    const written = store.set('s', 'n', 99, LONG)
    const says = /^Redis gave up a write that it had begun: .*(can't run this command|'hincrby')/
    await expect(written).rejects.toMatchObject({ code: 'store_unknown', message: expect.stringMatching(says) })
    expect(await store.read('s', ['n'])).toEqual(new Map([['n', 99]]))
    await permit('user', '-hincrby')
    await expect(store.delete('s', 'n', LONG)).rejects.toMatchObject({ code: 'store_unknown' })
    await permit('user', '-pexpire')
    const slid = store.update('s', 'n', increment, {
      ...LONG,
      once: { client: 'c', seq: 1, acknowledgedBelow: 0, digest: 'd' },
    })
    await expect(slid).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('is full lets values be deleted', async () => {
    await redis().command('config', 'set', 'maxmemory', '1')
    await store.delete('s', 'n', LONG).finally(() => redis().command('config', 'set', 'maxmemory', '0'))
    expect(await store.keys('s')).toEqual([])
  })
})
