// The real server, store, ioredis and client over the simulated network and Redis, on virtual time: the first whole path.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ResilientClient } from '../../client/index.ts'
import { createApp, RedisSessionStore } from '../../server/index.ts'
import { simulatedFetch } from './http/client.ts'
import { httpListener } from './http/server.ts'
import { SimulatedLink } from './network/simulated-link.ts'
import { SimulatedRedis } from './redis/simulated-redis.ts'
import { redisConnector } from './redis-connector.ts'
import { redisListener } from './redis-listener.ts'
import { Host } from './time/host.ts'
import { installVirtualTime, type VirtualTime } from './time/virtual-time.ts'
import { World } from './time/world.ts'

const TTL_MS = 1_800_000

describe('two instances over one Redis, in a simulated world', () => {
  let world: World
  let time: VirtualTime
  let redis: Host
  let instances: { readonly host: Host; readonly toRedis: SimulatedLink; readonly fetch: typeof globalThis.fetch }[]
  let serving: number

  beforeEach(() => {
    time = installVirtualTime(() => world)
    world = new World({ onTime: (us) => time.moveTo(us) })
    redis = new Host('redis')
    const simulated = new SimulatedRedis({ now: () => Date.now() })
    redis.start(() => {})
    serving = 0
    instances = [1, 2].map((n) => instance(n, simulated))
  })
  afterEach(() => time.uninstall())

  const link = (name: 'redis:1' | 'redis:2' | 'backend:1' | 'backend:2') =>
    new SimulatedLink({ name, world, random: () => 0, latencyUs: { least: 250, spread: 0 } })

  function instance(n: number, simulated: SimulatedRedis) {
    const host = new Host(`mcp-server-${n}`)
    const toRedis = link(n === 1 ? 'redis:1' : 'redis:2')
    const app = host.start(() => {
      const Connector = redisConnector({ world, link: toRedis, listener: redisListener(redis, simulated) })
      const store = new RedisSessionStore({ redis: { Connector } })
      return createApp({ store, instance: host.name, ttlMs: TTL_MS })
    })
    const route = { world, link: link(n === 1 ? 'backend:1' : 'backend:2'), listener: httpListener(host, app.handle) }
    return { host, toRedis, fetch: simulatedFetch(route) }
  }

  const connect = async () => {
    const fetch: typeof globalThis.fetch = (input, init) => {
      const instance = instances[serving]
      if (instance === undefined) throw new Error('there is no such instance')
      return instance.fetch(input, init)
    }
    const client = new ResilientClient('http://localhost/mcp', { clientInfo: { name: 'test', version: '0' }, fetch })
    await client.connect()
    return client
  }
  const counter = (value: number, instance: string) => ({ structuredContent: { counter: value, instance } })
  const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

  it('a session goes on at the second when the first is killed', async () => {
    await world.run(async () => {
      const client = await connect()
      expect(await client.callTool({ name: 'increment_counter' })).toMatchObject(counter(1, 'mcp-server-1'))
      instances[0]?.host.kill()
      serving = 1
      expect(await client.callTool({ name: 'increment_counter' })).toMatchObject(counter(2, 'mcp-server-2'))
      await client.close()
    })
  })

  it('a call whose write was done when its instance died is executed once', async () => {
    await world.run(async () => {
      const client = await connect()
      const letGo = await instances[0]?.toRedis.holdReplies(5)
      const call = client.callTool({ name: 'increment_counter' })
      await sleep(13)
      instances[0]?.host.kill()
      serving = 1
      await letGo?.()
      expect(await call).toMatchObject(counter(1, 'mcp-server-2'))
      expect(await client.callTool({ name: 'increment_counter' })).toMatchObject(counter(2, 'mcp-server-2'))
      await client.close()
    })
  })

  it('state lives for half an hour, which passes in no time, and not a millisecond longer', async () => {
    await world.run(async () => {
      const client = await connect()
      const read = () => client.callTool({ name: 'get_counter' })
      await client.callTool({ name: 'increment_counter' })
      await sleep(TTL_MS - 5)
      expect(await read()).toMatchObject(counter(1, 'mcp-server-1'))
      world.progress()
      await sleep(TTL_MS)
      expect(await read()).toMatchObject(counter(0, 'mcp-server-1'))
      await client.close()
    })
  })

  it('a store that is cut off answers within its deadline, and works when it is back', async () => {
    await world.run(async () => {
      const client = await connect()
      await client.callTool({ name: 'increment_counter' })
      const toRedis = instances[0]?.toRedis
      await toRedis?.cut()
      const began = world.nowMs
      const call = client.callTool({ name: 'increment_counter' })
      await sleep(2_500)
      await toRedis?.heal()
      expect(await call).toMatchObject({ structuredContent: { counter: 2 } })
      expect(world.nowMs - began).toBeGreaterThan(2_500)
      await client.close()
    })
  })
})
