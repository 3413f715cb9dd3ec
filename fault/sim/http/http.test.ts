// The real server and the real clients over simulated connections, on virtual time.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ResilientClient } from '../../../client/index.ts'
import { createApp, MemorySessionStore } from '../../../server/index.ts'
import { SimulatedLink } from '../network/simulated-link.ts'
import { Host } from '../time/host.ts'
import { installVirtualTime, type VirtualTime } from '../time/virtual-time.ts'
import { World } from '../time/world.ts'
import { simulatedFetch } from './client.ts'
import { httpListener } from './server.ts'
import { webHandler } from './web-handler.ts'

describe('the real server and client in a simulated world', () => {
  let world: World
  let time: VirtualTime
  let backend: Host
  let link: SimulatedLink
  let fetch: typeof globalThis.fetch

  beforeEach(() => {
    time = installVirtualTime(() => world)
    world = new World({ onTime: (us) => time.moveTo(us) })
    backend = new Host('backend')
    link = new SimulatedLink({ name: 'client', world, random: () => 0, latencyUs: { least: 500, spread: 0 } })
    const app = backend.start(() => createApp({ store: new MemorySessionStore(), instance: 'simulated', ttlMs: 3_000 }))
    fetch = simulatedFetch({ world, link, listener: httpListener(backend, webHandler(app.handle)) })
  })
  afterEach(() => time.uninstall())

  const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))
  const connect = async (keys: 'on' | 'off' = 'on') => {
    const client = new ResilientClient('http://localhost:8080/mcp', {
      clientInfo: { name: 'test', version: '0' },
      fetch,
      keys,
    })
    await client.connect()
    return client
  }

  it('a call takes as long as its way there and back', async () => {
    await world.run(async () => {
      const client = await connect()
      const began = world.nowMs
      const result = await client.callTool({ name: 'increment_counter' })
      expect(result).toMatchObject({ structuredContent: { counter: 1, instance: 'simulated' } })
      expect(world.nowMs - began).toBe(1)
      await client.close()
    })
  })

  it('a long call takes its time, and no time of ours', async () => {
    await world.run(async () => {
      const client = await connect()
      const began = world.nowMs
      const heard: number[] = []
      const onprogress = ({ progress }: { progress: number }) => void heard.push(progress)
      await client.callTool({ name: 'analyze_data', arguments: { num_items: 3 } }, undefined, { onprogress })
      expect(heard).toEqual([0, 1, 2, 3])
      expect(world.nowMs - began).toBe(1 + 500 + 3 * 300 + 300)
      await client.close()
    })
  })

  it('state expires at its deadline, to the millisecond', async () => {
    await world.run(async () => {
      const client = await connect()
      await client.callTool({ name: 'increment_counter' })
      await sleep(2_990)
      const read = () => client.callTool({ name: 'get_counter' })
      expect(await read()).toMatchObject({ structuredContent: { counter: 1 } })
      await sleep(2_999)
      expect(await read()).toMatchObject({ structuredContent: { counter: 0 } })
      await client.close()
    })
  })

  it('a call whose reply was lost is repeated, and executed once', async () => {
    await world.run(async () => {
      const client = await connect()
      await link.dropReplies({ closeAfterMs: 20 })
      const call = client.callTool({ name: 'increment_counter' })
      await sleep(10)
      await link.heal()
      expect(await call).toMatchObject({ structuredContent: { counter: 1 } })
      expect(await client.callTool({ name: 'increment_counter' })).toMatchObject({ structuredContent: { counter: 2 } })
      await client.close()
    })
  })

  it('a request that is delivered twice is executed twice, and once where its call has a key', async () => {
    await world.run(async () => {
      const counted: unknown[] = []
      for (const keys of ['off', 'on'] as const) {
        const client = await connect(keys)
        link.deliverTwice()
        await client.callTool({ name: 'increment_counter' })
        await sleep(10)
        const { structuredContent } = await client.callTool({ name: 'get_counter' })
        counted.push(structuredContent)
        await client.close()
      }
      expect(counted).toMatchObject([{ counter: 2 }, { counter: 1 }])
    })
  })

  it('a reply that breaks in the middle of its event is lost, and its call repeated', async () => {
    await world.run(async () => {
      const client = await connect()
      const ended: string[] = []
      client.on('attemptEnded', ({ outcome }) => ended.push(outcome))
      await link.truncate({ direction: 'replies', afterBytes: 300 })
      const call = client.callTool({ name: 'increment_counter' })
      await sleep(5)
      await link.heal()
      expect(await call).toMatchObject({ structuredContent: { counter: 1 } })
      expect(ended).toEqual(['unknown', 'ok'])
      await client.close()
    })
  })

  it('a call to a paused instance is given up after its silence, and a paused one executes it when it goes on', async () => {
    await world.run(async () => {
      const client = await connect()
      backend.pause()
      const began = world.nowMs
      const call = client.callTool({ name: 'increment_counter' })
      await sleep(20_000)
      world.continue(backend)
      expect(await call).toMatchObject({ structuredContent: { counter: 1 } })
      expect(world.nowMs - began).toBeGreaterThan(20_000)
      await client.close()
    })
  })
})
