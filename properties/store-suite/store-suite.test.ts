// The suite on both stores of the server, and on stores with one promise broken each: a suite that passes everything
// proves nothing.
import { describe, expect, it } from 'vitest'
import type { SessionStore } from '../../server/store/contract.ts'
import { MemorySessionStore } from '../../server/store/memory.ts'
import { RedisSessionStore } from '../../server/store/redis-store.ts'
import { describeWithRedis } from '../../server/store/test-redis.ts'
import { TestClock } from '../../server/test-clock.ts'
import type { Clock } from '../../wire/clock.ts'
import { sessionStoreContract } from './index.ts'

describe('memory', () => {
  const clock = new TestClock()
  sessionStoreContract({ test: { describe, it }, factory: () => new MemorySessionStore({ clock }), clock })
})

describeWithRedis('redis', (redis) => {
  sessionStoreContract({
    test: { describe, it },
    factory: async () => {
      await redis().command('flushall')
      return new RedisSessionStore({ url: redis().url })
    },
    second: () => new RedisSessionStore({ url: redis().url }),
  })
})

/** The memory store, with some operations of another. */
function storeWith(clock: Clock, broken: (store: SessionStore) => Partial<SessionStore>): SessionStore {
  const store = new MemorySessionStore({ clock })
  return {
    read: (...args) => store.read(...args),
    keys: (...args) => store.keys(...args),
    set: (...args) => store.set(...args),
    delete: (...args) => store.delete(...args),
    update: (...args) => store.update(...args),
    recorded: (...args) => store.recorded(...args),
    copySession: (...args) => store.copySession(...args),
    sessionCount: () => store.sessionCount(),
    ping: () => store.ping(),
    close: () => store.close(),
    ...broken(store),
  }
}

/** The titles of the facts that do not hold for a store. */
async function brokenFacts(broken: (store: SessionStore) => Partial<SessionStore>): Promise<string[]> {
  const clock = new TestClock()
  const factory = () => storeWith(clock, broken)
  const facts: { readonly title: string; readonly body: () => Promise<void> }[] = []
  const collect = {
    describe: (_title: string, body: () => void) => body(),
    it: (title: string, body: () => Promise<void>) => void facts.push({ title, body }),
  }
  sessionStoreContract({ test: collect, factory, clock })
  const results = await Promise.allSettled(facts.map(({ body }) => body()))
  return facts.filter((_, index) => results[index]?.status === 'rejected').map(({ title }) => title)
}

describe('the suite fails a store', () => {
  it('for nothing, where nothing is broken', async () => {
    expect(await brokenFacts(() => ({}))).toEqual([])
  })

  it('whose update reads, then writes', async () => {
    const broken = await brokenFacts((store) => ({
      async update(id, key, change, { ttl }) {
        const { value, reply } = change((await store.read(id, [key])).get(key))
        await store.set(id, key, value, { ttl })
        return reply
      },
    }))
    expect(broken).toContain('loses none of many updates at once')
    expect(broken).toContain('the same call is executed once and answered alike each time')
    expect(broken).not.toContain('any JSON value comes back as it was set')
  })

  it('whose reads do not keep a session alive', async () => {
    const broken = await brokenFacts((store) => ({ read: (id, keys) => store.read(id, keys) }))
    expect(broken).toEqual([
      'a read with a ttl slides the deadline',
      'a read of no keys with a ttl slides the deadline',
      'a session is counted to its deadline, and as long as its deadline is slid',
    ])
  })

  it('that copies value by value', async () => {
    const broken = await brokenFacts((store) => ({
      async copySession(from, to, { ttl }) {
        const keys = await store.keys(from)
        for (const key of keys) {
          const value = (await store.read(from, [key])).get(key)
          if (value !== undefined) await store.set(to, key, value, { ttl })
        }
        return keys.length
      },
    }))
    expect(broken).toContain('takes one moment of the source, never a mixture of two')
    expect(broken).toContain('records come along, uncounted')
    expect(broken).toContain('a copy from nothing slides the deadline')
  })

  it('that takes ids for patterns', async () => {
    const plain = (id: string) => id.replaceAll('*', '').toLowerCase()
    const broken = await brokenFacts((store) => ({
      read: (id, ...rest) => store.read(plain(id), ...rest),
      keys: (id) => store.keys(plain(id)),
    }))
    expect(broken).toContain('an id that looks like a pattern matches nothing')
  })
})
