// Calls that somebody gave up, and calls whose ids collide: what the SDK leaves running and unanswered.
import { describe, expect, it } from 'vitest'
import { messages, openSession, post, testServer } from './test-client.ts'

const analyze = (id: unknown, items = 1000) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'analyze_data', arguments: { num_items: items } },
})
const cancel = (requestId: unknown) => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
const increment = (id: unknown) => ({ ...analyze(id), params: { name: 'increment_counter' } })

async function running(id: unknown = 7, signal?: AbortSignal) {
  const server = testServer()
  const session = await openSession(server)
  const answer = await session.post(analyze(id), signal)
  await server.clock.sleep(1000)
  return { server, session, answer }
}

describe('a call', () => {
  it.each([7, 'seven', 0, ''])(
    'with id %j that was cancelled stops, and its stream ends without an answer',
    async (id) => {
      const { server, session, answer } = await running(id)
      expect((await session.post(cancel(id))).status).toBe(202)
      const sent = await messages(answer)
      expect(sent.length).toBeGreaterThan(3)
      expect(sent.filter((message) => 'id' in message)).toEqual([])
      expect((await session.tool('get_counter')).structuredContent.counter).toBe(0)
      // The store's sweep and the session's idle timer at most: the call sleeps no more.
      expect(server.clock.pending).toBeLessThanOrEqual(2)
    },
  )

  it('that was cancelled while its store hangs ends its stream at once', async () => {
    const server = testServer()
    const session = await openSession(server)
    server.store.update = () => new Promise(() => {})
    const answer = await session.post(increment(7))
    await session.post(cancel(7))
    expect(await messages(answer)).toEqual([])
  })

  it('goes on when another one is cancelled', async () => {
    const server = testServer()
    const session = await openSession(server)
    const answer = await session.post(analyze(7, 1))
    await session.post(cancel(8))
    expect((await messages(answer)).at(-1)).toMatchObject({ id: 7, result: {} })
  })

  it('whose client has gone stops', async () => {
    const client = new AbortController()
    const { server, session } = await running(7, client.signal)
    client.abort()
    await server.clock.sleep(1)
    expect(server.clock.pending).toBe(1)
    expect((await session.post(analyze(7, 0))).status).toBe(200)
  })

  it('whose client had gone before it arrived does nothing', async () => {
    const server = testServer()
    const session = await openSession(server)
    const answer = await session.post(increment(7), AbortSignal.abort())
    expect(await messages(answer)).toEqual([])
    expect(await server.store.sessionCount()).toBe(0)
  })

  it('with an id that is in flight is 400, and the first is answered', async () => {
    const server = testServer()
    const session = await openSession(server)
    const first = await session.post(analyze(7, 1))
    expect((await session.post(increment(7))).status).toBe(400)
    expect((await session.post([increment(8), increment(7)])).status).toBe(400)
    expect((await messages(first)).at(-1)).toMatchObject({ id: 7 })
    expect((await session.tool('get_counter')).structuredContent.counter).toBe(0)
    expect((await session.post(increment(7))).status).toBe(200)
  })

  it('of a session that ends is stopped, and its stream ends', async () => {
    const { server, session, answer } = await running()
    await server.handle(
      new Request('http://127.0.0.1/mcp', { method: 'DELETE', headers: { 'mcp-session-id': session.id } }),
    )
    expect((await messages(answer)).filter((message) => 'id' in message)).toEqual([])
    await server.clock.sleep(1)
    expect(server.clock.pending).toBe(0)
  })
})

describe('a batch', () => {
  it('answers each of its calls on one stream', async () => {
    const session = await openSession(testServer())
    const sent = await messages(await session.post([increment(1), increment(2)]))
    expect(sent.map(({ id }) => id).sort()).toEqual([1, 2])
  })

  it('of which one call was cancelled answers the others, then ends', async () => {
    const session = await openSession(testServer())
    const answer = await session.post([analyze(1, 900), analyze(2, 1)])
    await session.post(cancel(1))
    const sent = await messages(answer)
    expect(sent.filter((message) => 'id' in message).map(({ id }) => id)).toEqual([2])
    // Both ids are free again.
    const again = await messages(await session.post([increment(1), increment(2)]))
    expect(again.map(({ id }) => id).sort()).toEqual([1, 2])
  })

  it('of which the quick call was answered ends when the slow one is cancelled', async () => {
    const session = await openSession(testServer())
    const answer = await session.post([analyze(1, 900), increment(2)])
    await session.post(cancel(1))
    expect((await messages(answer)).filter((message) => 'id' in message)).toMatchObject([{ id: 2 }])
  })

  it('that is refused leaves its ids free', async () => {
    const server = testServer()
    const session = await openSession(server)
    const refused = await post(server, [increment(1)], { 'mcp-session-id': session.id, 'mcp-protocol-version': 'none' })
    expect(refused.status).toBe(400)
    expect((await session.post(increment(1))).status).toBe(200)
  })
})
