// A whole stack of real processes around a small server: what each fault does to it, and the way back.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { until } from '../until.ts'
import { describeWithTools } from './needs-tools.ts'
import type { ProcessStack } from './process-stack.ts'
import { standIn } from './stand-in.ts'
import { startProcessStack } from './start.ts'

const patience = (missing: string) => ({ limitMs: 5_000, missing: () => missing })

describeWithTools('a stack of processes', () => {
  let stack: ProcessStack

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  function backend(n: number) {
    const found = stack.backends[n - 1]
    if (found === undefined) throw new Error(`there is no backend ${n}`)
    return found
  }

  function link(name: 'client' | 'backend:1' | 'redis:1' | 'redis:2') {
    const found = stack.links.get(name)
    if (found === undefined) throw new Error(`there is no link ${name}`)
    return found
  }

  /** Through the balancer; the name of the instance that answered, or the status where none did. */
  async function ask(session: string, ms = 0): Promise<string> {
    const headers = { 'mcp-session-id': session }
    const response = await stack.fetch(new URL(`?ms=${ms}`, stack.endpoint), { headers }).catch(() => undefined)
    return response?.status === 200 ? response.text() : `status ${response?.status}`
  }

  /** One instance, past the balancer. */
  async function tell(n: number, path: string, ms = 2_000): Promise<string> {
    const response = await fetch(new URL(path, backend(n).url), { signal: AbortSignal.timeout(ms) })
    return response.text()
  }

  /** A session that the balancer has given to that instance. */
  async function sessionOn(n: number): Promise<string> {
    for (;;) {
      const session = `session-${Math.random()}`
      if ((await ask(session)) === backend(n).name) return session
    }
  }

  const status = async (n: number) => (await stack.balancer.states()).get(backend(n).name)?.status
  const routed = (n: number, wanted: string) =>
    until(async () => ((await status(n)) === wanted ? true : undefined), patience(`${n} is not ${wanted}`))

  it('routes sessions to instances with the names of the contract', async () => {
    expect(stack.backends.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'mcp-server-1 up',
      'mcp-server-2 up',
      'mcp-server-3 up',
    ])
    expect([...stack.links.keys()].sort()).toEqual([
      'backend:1',
      'backend:2',
      'backend:3',
      'client',
      'redis:1',
      'redis:2',
      'redis:3',
    ])
    const session = await sessionOn(2)
    expect(await Promise.all([ask(session), ask(session), ask(session)])).toEqual(Array(3).fill('mcp-server-2'))
  })

  it('a killed instance refuses, and its session is served elsewhere', async () => {
    const session = await sessionOn(1)
    await backend(1).kill()
    expect(backend(1).state).toBe('down')
    await expect(tell(1, '/health')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect(await ask(session)).toMatch(/mcp-server-[23]/)
    await routed(1, 'down')
    // L4CON: refused, as by a host without a listener; a proxy that accepted for it would show as an empty answer.
    expect(await stack.balancer.command('show stat')).toMatch(/mcp_servers,mcp-server-1,.*L4CON/)
    expect((await stack.balancer.states()).get('mcp-server-1')?.downs).toBe(1)
    await backend(1).start()
    expect(await tell(1, '/executed')).toBe('0')
    await routed(1, 'up')
  })

  it('a stopped instance serves the call that it runs, and is gone after it', async () => {
    const session = await sessionOn(3)
    const running = ask(session, 600)
    await until(
      async () => (Number(await tell(3, '/executed')) > 0 ? true : undefined),
      patience('the call does not run'),
    )
    let isStopped = false
    const stopped = backend(3)
      .stop()
      .then(() => {
        isStopped = true
      })
    expect(backend(3).state).toBe('draining')
    await routed(3, 'draining')
    expect({ isStopped, served: await ask(session) }).toEqual({ isStopped: false, served: 'mcp-server-3' })
    expect(await running).toBe('mcp-server-3')
    await stopped
    expect(backend(3).state).toBe('down')
    expect(await ask(session)).toMatch(/mcp-server-[12]/)
    expect(stack.crashes).toEqual([])
  })

  it('a paused instance is silent until it continues', async () => {
    await backend(2).pause()
    expect(backend(2).state).toBe('paused')
    await expect(tell(2, '/executed', 150)).rejects.toThrow(/timeout/)
    await backend(2).pause()
    await backend(2).continue()
    expect(await tell(2, '/executed')).toMatch(/\d/)
  })

  it('a paused instance can be killed, stopped and healed', async () => {
    await backend(1).pause()
    await backend(1).kill()
    await backend(2).pause()
    const told = performance.now()
    await backend(2).stop()
    expect(performance.now() - told).toBeLessThan(2_000)
    await backend(3).pause()
    expect(stack.backends.map(({ state }) => state)).toEqual(['down', 'down', 'paused'])
    await stack.heal()
    expect(stack.backends.map(({ state }) => state)).toEqual(['up', 'up', 'up'])
  })

  it('a kill wins over a drain and over a start', async () => {
    const session = await sessionOn(1)
    const running = ask(session, 2_000)
    const stopped = backend(1).stop()
    await backend(1).kill()
    await stopped
    expect(await running).toMatch(/status (undefined|502)/)
    const started = backend(1).start()
    await backend(1).kill()
    await started
    expect(backend(1).state).toBe('down')
  })

  it('an instance that ends by itself is recorded, refused and started again', async () => {
    await expect(tell(2, '/crash')).rejects.toThrow()
    await until(async () => (backend(2).state === 'down' ? true : undefined), patience('it is not down'))
    expect(stack.crashes).toMatchObject([{ backend: 'mcp-server-2', how: 'exit code 7' }])
    expect(stack.crashes[0]?.log).toContain('the stand-in was told to crash')
    await stack.heal()
    expect(backend(2).state).toBe('up')
  })

  it('a link to Redis can be cut for one instance alone', async () => {
    expect(await tell(1, '/redis')).toBe('+PONG')
    await link('redis:1').cut()
    await expect(tell(1, '/redis', 150)).rejects.toThrow(/timeout/)
    expect(await tell(2, '/redis')).toBe('+PONG')
    await link('redis:1').heal()
    expect(await tell(1, '/redis')).toBe('+PONG')
  })

  it('replies held back between balancer and instance arrive when they are let go', async () => {
    const session = await sessionOn(1)
    const before = Number(await tell(1, '/executed'))
    const release = await link('backend:1').holdReplies()
    const asked = ask(session)
    await until(async () => (Number(await tell(1, '/executed')) > before ? true : undefined), patience('not executed'))
    await release()
    expect(await asked).toBe('mcp-server-1')
  })

  it('a link keeps its faults while its instance is dead, and heal mends both', async () => {
    await link('backend:1').delay({ ms: 500 })
    await backend(1).kill()
    await link('backend:1').cut()
    await link('backend:1').reset()
    await backend(1).start()
    await stack.heal()
    const session = await sessionOn(1)
    const sent = performance.now()
    await ask(session)
    // There and back it would take twice that.
    expect(performance.now() - sent).toBeLessThan(500)
  })

  it('reset lets running calls end, empties Redis and forgets who serves whom', async () => {
    const running = ask(await sessionOn(1), 300)
    await until(
      async () => ((await stack.balancer.command('show table mcp_servers')).includes('used:0') ? undefined : true),
      patience('nothing is learned'),
    )
    const { Redis } = await import('ioredis')
    const redis = new Redis(stack.redis.url)
    await redis.set('mcp:session:left', 'over')
    await stack.reset()
    expect(await redis.dbsize()).toBe(0)
    redis.disconnect()
    expect(await stack.balancer.command('show table')).toContain('used:0')
    expect(await Promise.race([running, Promise.resolve('still running')])).toBe('mcp-server-1')
  })

  it('heals from everything at once', async () => {
    await Promise.all([...stack.links.values()].map((each) => each.cut()))
    await Promise.all([...stack.links.values()].map((each) => each.holdReplies()))
    await backend(1).kill()
    await backend(2).pause()
    void backend(3).stop()
    await stack.heal()
    for (const n of [1, 2, 3]) expect(await ask(await sessionOn(n))).toBe(backend(n).name)
  })
})
