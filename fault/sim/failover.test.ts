// The whole simulated stack: the real server, store, ioredis and client, with a balancer, a network and a Redis that are
// simulated, on virtual time.
import { beforeEach, describe, expect, it } from 'vitest'
import { ResilientClient } from '../../client/index.ts'
import type { SimulatedStack } from './simulated-stack.ts'
import { startSimulatedStack } from './start.ts'

const TTL_MS = 1_800_000

describe('three instances behind a balancer, in a simulated world', () => {
  let stack: SimulatedStack
  beforeEach(async () => {
    stack = await startSimulatedStack({ ttlMs: TTL_MS })
  })

  const within = (main: () => Promise<void>) =>
    stack.run(async () => {
      await stack.heal()
      await main()
    })
  const connect = async () => {
    const { endpoint, fetch, clock } = stack
    const client = new ResilientClient(endpoint, { clientInfo: { name: 'test', version: '0' }, fetch, clock })
    await client.connect()
    return client
  }
  const increment = async (client: ResilientClient) => {
    const { structuredContent } = await client.callTool({ name: 'increment_counter' })
    return structuredContent
  }
  const read = (client: ResilientClient) => client.callTool({ name: 'get_counter' })
  const serving = (client: ResilientClient) => {
    const [, name] = /instance: (\S+)/.exec(client.getInstructions() ?? '') ?? []
    const at = stack.backends.findIndex((backend) => backend.name === name)
    const backend = stack.backends[at]
    if (!backend) throw new Error(`no instance ${name}`)
    return { backend, toRedis: stack.links.get(`redis:${at + 1}`) }
  }

  it('a session goes on at another one when its own is killed', () =>
    within(async () => {
      const client = await connect()
      expect(await increment(client)).toMatchObject({ counter: 1 })
      const { backend } = serving(client)
      await backend.kill()
      const answer = await increment(client)
      expect(answer).toMatchObject({ counter: 2 })
      expect(answer).not.toMatchObject({ instance: backend.name })
      await client.close()
    }))

  it('a call whose write was done when its instance died is executed once', () =>
    within(async () => {
      const client = await connect()
      const { backend } = serving(client)
      const watching = new AbortController()
      const written = new Promise<void>((resolve) => void stack.redis.watchWrites(() => resolve(), watching.signal))
      const call = increment(client)
      await written
      await backend.kill()
      expect(await call).toMatchObject({ counter: 1 })
      expect(await increment(client)).toMatchObject({ counter: 2 })
      await client.close()
    }))

  it('state lives for half an hour, which passes in no time, and not a millisecond longer', () =>
    within(async () => {
      const client = await connect()
      await increment(client)
      await stack.clock.sleep(TTL_MS - 5)
      expect(await read(client)).toMatchObject({ structuredContent: { counter: 1 } })
      await stack.clock.sleep(TTL_MS)
      expect(await read(client)).toMatchObject({ structuredContent: { counter: 0 } })
      await client.close()
    }))

  it('a store that is cut off answers within its deadline, and works when it is back', () =>
    within(async () => {
      const client = await connect()
      await increment(client)
      for (const link of stack.links.values()) if (link.name.startsWith('redis:')) await link.cut()
      const began = stack.clock.now()
      const call = increment(client)
      await stack.clock.sleep(2_500)
      await stack.heal()
      expect(await call).toMatchObject({ counter: 2 })
      expect(stack.clock.now() - began).toBeGreaterThan(2_500)
      await client.close()
    }))
})
