// The HTTP behaviour, request by request, as any client sees it.
import { describe, expect, it } from 'vitest'
import { StoreError } from './store/contract.ts'
import { MemorySessionStore } from './store/memory.ts'
import { ENDPOINT, initialize, last, messages, openSession, post, testServer } from './test-client.ts'

const ping = (id: unknown = 1) => ({ jsonrpc: '2.0', id, method: 'ping' })
const get = (path: string, headers = {}) => new Request(new URL(path, ENDPOINT), { headers })
const withId = (id: string) => ({ 'mcp-session-id': id })

describe('initialize', () => {
  it('opens a session with an id, its server and its capabilities', async () => {
    const answer = await post(testServer(), initialize())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('mcp-session-id')).toBe('s1')
    expect(last(await messages(answer)).result).toMatchObject({
      protocolVersion: '2025-11-25',
      serverInfo: { name: 'mcp_lb_demo' },
      instructions: 'Stateful MCP server instance: i1',
      capabilities: { tools: {}, resources: {}, logging: {} },
    })
  })

  it('accepts an older version and answers an unknown one with the newest', async () => {
    for (const [asked, given] of [
      ['2025-03-26', '2025-03-26'],
      ['1999-01-01', '2025-11-25'],
    ]) {
      const { result } = last(await messages(await post(testServer(), initialize({ protocolVersion: asked }))))
      expect(result.protocolVersion).toBe(given)
    }
  })

  it('ignores the version header', async () => {
    expect((await post(testServer(), initialize(), { 'mcp-protocol-version': 'none' })).status).toBe(200)
  })

  it.each([
    ['with bad params', initialize({ clientInfo: 1 })],
    ['that is no request', { ...initialize(), id: undefined }],
    ['in a batch with others', [initialize(), ping()]],
    ['in a batch with itself', [initialize(), { ...initialize(), id: 1 }]],
  ])('%s is 400 and opens nothing', async (_name, body) => {
    const server = testServer()
    expect((await post(server, body)).status).toBe(400)
    expect(server.clock.pending).toBe(0)
  })

  it('a second time on a session is 400, and the session goes on', async () => {
    const session = await openSession(testServer())
    expect((await session.post({ ...initialize(), id: 9 })).status).toBe(400)
    expect((await session.post(initialize({ clientInfo: 1 }))).status).toBe(400)
    expect(await session.request('ping')).toMatchObject({ result: {} })
  })

  it('is 503 while the store does not answer', async () => {
    const store = new MemorySessionStore()
    await store.close()
    expect((await post(testServer({ store }), initialize())).status).toBe(503)
  })

  it('is 503 after a second of silence from the store', async () => {
    const store = new MemorySessionStore()
    store.ping = () => new Promise(() => {})
    const server = testServer({ store })
    const answer = post(server, initialize())
    await server.clock.sleep(2000)
    expect((await answer).status).toBe(503)
  })
})

describe('a request', () => {
  it.each(['POST', 'GET', 'DELETE'])(
    'by %s for an id that is not held is 404 -32001, without an id',
    async (method) => {
      const server = testServer()
      await openSession(server)
      const body = method === 'POST' ? JSON.stringify(initialize()) : null
      const answer = await server.handle(new Request(ENDPOINT, { method, headers: withId('other'), body }))
      expect(answer.status).toBe(404)
      expect(answer.headers.has('mcp-session-id')).toBe(false)
      expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32001 }, id: null })
    },
  )

  it.each(['POST', 'GET', 'DELETE'])('by %s without an id is 400', async (method) => {
    const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
    const body = method === 'POST' ? JSON.stringify(ping()) : null
    expect((await testServer().handle(new Request(ENDPOINT, { method, headers, body }))).status).toBe(400)
  })

  it('is served before notifications/initialized', async () => {
    expect(await (await openSession(testServer())).request('ping')).toMatchObject({ result: {} })
  })

  it.each([
    [406, { accept: undefined }],
    [406, { accept: '*/*' }],
    [415, { 'content-type': 'text/plain' }],
    [400, { 'mcp-protocol-version': '1999-01-01' }],
    [403, { host: 'evil.example' }],
    [403, { origin: 'https://evil.example' }],
    [403, { origin: 'null' }],
    [200, { 'mcp-protocol-version': '2025-06-18' }],
    [200, { 'content-type': 'application/json; charset=utf-8' }],
    [200, { host: 'LOCALHOST:9999' }],
    [200, { host: '[::1]:80' }],
    [200, { origin: 'http://localhost:3000' }],
  ])('is %i with %j', async (status, headers) => {
    const server = testServer()
    const { id } = await openSession(server)
    const answer = await post(server, ping(), { ...withId(id), ...headers })
    expect(answer.status).toBe(status)
    if (status !== 200) expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: {}, id: null })
  })

  it.each([
    ['malformed JSON', '{', 400],
    ['nothing', '', 400],
    ['no JSON-RPC', { a: 1 }, 400],
    ['more than 1 MiB', JSON.stringify({ ...ping(), pad: 'x'.repeat(1024 * 1024) }), 413],
    ['a batch of 101', Array.from({ length: 101 }, (_, index) => ping(index)), 400],
    ['a batch with an id twice', [ping(1), ping(1)], 400],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }, 202],
    ['a batch of 100', Array.from({ length: 100 }, (_, index) => ping(index)), 200],
    ['ids that only look alike', [ping(1), ping('1')], 200],
  ])('with %s is answered by status', async (_name, body, status) => {
    const session = await openSession(testServer())
    expect((await session.post(body)).status).toBe(status)
  })

  it('for another path is 404, by another method 405', async () => {
    expect((await testServer().handle(get('/other'))).status).toBe(404)
    expect((await testServer().handle(new Request(ENDPOINT, { method: 'PUT' }))).status).toBe(405)
  })
})

describe('DELETE', () => {
  it('ends the protocol session once and leaves its state', async () => {
    const server = testServer()
    const session = await openSession(server)
    await session.tool('increment_counter')
    const end = () => server.handle(new Request(ENDPOINT, { method: 'DELETE', headers: withId(session.id) }))
    expect((await end()).status).toBe(200)
    expect((await end()).status).toBe(404)
    expect((await session.post(ping())).status).toBe(404)
    const next = await openSession(server)
    const resumed = await next.tool('resume_session', { old_session_id: session.id })
    expect(resumed.structuredContent).toMatchObject({ status: 'resumed', keys_copied: 1 })
  })
})

describe('an idle session', () => {
  const open = async () => {
    const server = testServer({ ttlMs: 10_000 })
    const session = await openSession(server)
    return { server, session, isHeld: async () => (await session.post(ping())).status === 200 }
  }

  it('is dropped after its time to live, and its stream ends', async () => {
    const { server, session, isHeld } = await open()
    const stream = await server.handle(get('/mcp', { ...withId(session.id), accept: 'text/event-stream' }))
    expect(stream.status).toBe(200)
    await server.clock.sleep(10_001)
    expect(await stream.text()).toBe('')
    expect(await isHeld()).toBe(false)
    expect(server.clock.pending).toBe(0)
  })

  it('is held as long as requests come', async () => {
    const { server, isHeld } = await open()
    for (let round = 0; round < 5; round += 1) {
      await server.clock.sleep(9000)
      expect(await isHeld()).toBe(true)
    }
  })

  it('is held while a call runs', async () => {
    const { server, session, isHeld } = await open()
    expect((await session.tool('analyze_data', { num_items: 100 })).structuredContent.items_processed).toBe(100)
    await server.clock.sleep(9000)
    expect(await isHeld()).toBe(true)
  })

  it('leaves no timer behind when it is deleted', async () => {
    const { server, session } = await open()
    expect(server.clock.pending).toBe(1)
    await server.handle(new Request(ENDPOINT, { method: 'DELETE', headers: withId(session.id) }))
    expect(server.clock.pending).toBe(0)
  })
})

describe('/health', () => {
  const health = async (server: ReturnType<typeof testServer>) => {
    const answer = await server.handle(get('/health'))
    return { status: answer.status, body: await answer.json() }
  }

  it('is 200 while the store answers', async () => {
    expect(await health(testServer())).toEqual({ status: 200, body: { status: 'ok', instance: 'i1' } })
  })

  it('is 503 while the store does not', async () => {
    const store = new MemorySessionStore()
    store.ping = () => Promise.reject(new StoreError('store_unavailable', 'gone'))
    const body = { status: 'degraded', instance: 'i1', store: 'unreachable' }
    expect(await health(testServer({ store }))).toEqual({ status: 503, body })
  })

  it('is 403 for a host that is not allowed', async () => {
    expect((await testServer().handle(new Request('http://evil.example/health'))).status).toBe(403)
  })

  it('is 404 while the instance drains, which serves its sessions and ends when no call has run for a moment', async () => {
    const server = testServer()
    const session = await openSession(server)
    const call = session.tool('analyze_data', { num_items: 3 })
    const drained = server.drain(10_000).then(() => server.clock.now())
    expect(await health(server)).toEqual({ status: 404, body: { status: 'draining', instance: 'i1' } })
    expect((await session.tool('increment_counter')).structuredContent.counter).toBe(1)
    expect((await call).structuredContent.items_processed).toBe(3)
    expect(await drained).toBeLessThan(3000)
  })

  it('a call that runs on holds up draining no longer than its limit', async () => {
    const server = testServer()
    const session = await openSession(server)
    const call = session.post({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'analyze_data', arguments: { num_items: 1000 } },
    })
    await server.drain(10_000)
    expect(server.clock.now()).toBe(10_000)
    await server.close()
    expect(await (await call).text()).not.toContain('"result"')
    expect((await session.post(ping())).status).toBe(404)
  })
})
