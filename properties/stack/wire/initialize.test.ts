// Opening a session, as the wire table has it.
import { describe, expect } from 'vitest'
import { untilAllAreDown } from '../balancer-view.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { send } from './request.ts'
import { answerOf, initialize, openSession, ping } from './session.ts'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describeOnTiers('initialize', { ttlMs: 30_000, timers: { checkMs: 500 } }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('is answered 200 with a random UUID, the server and what it can do', async (stack) => {
      const reply = await send(stack, urlOf(stack), { body: initialize() })
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toBe('text/event-stream')
      expect(reply.headers['mcp-session-id']).toMatch(ID)
      expect((await answerOf(reply)).result).toMatchObject({
        protocolVersion: '2025-11-25',
        serverInfo: { name: 'mcp_lb_demo' },
        instructions: expect.stringMatching(/^Stateful MCP server instance: mcp-server-[123]$/),
        capabilities: { tools: {}, resources: {}, logging: {} },
      })
      expect((await openSession(stack, urlOf(stack))).id).not.toBe(reply.headers['mcp-session-id'])
    })

    it.for([
      ['2025-11-25', '2025-11-25'],
      ['2025-06-18', '2025-06-18'],
      ['2025-03-26', '2025-03-26'],
      ['2024-11-05', '2024-11-05'],
      ['2024-10-07', '2024-10-07'],
      ['1999-01-01', '2025-11-25'],
      ['', '2025-11-25'],
    ])('with version %j is answered with %s', async ([protocolVersion, answered], stack) => {
      const { result } = await answerOf(await send(stack, urlOf(stack), { body: initialize({ protocolVersion }) }))
      expect(result).toMatchObject({ protocolVersion: answered })
    })

    it('is served whatever its MCP-Protocol-Version header says', async (stack) => {
      const headers = { 'mcp-protocol-version': 'no version' }
      expect((await send(stack, urlOf(stack), { body: initialize(), headers })).status).toBe(200)
    })

    it.for([
      ['without params', { ...initialize(), params: undefined }],
      ['without a version', initialize({ protocolVersion: undefined })],
      ['with bad client info', initialize({ clientInfo: 1 })],
      ['without an id of its own, which is no request', { ...initialize(), id: undefined }],
      ['whose id is null', { ...initialize(), id: null }],
      ['that is not JSON-RPC 2.0', { ...initialize(), jsonrpc: '1.0' }],
      ['in a batch with another request', [initialize(), ping()]],
      ['twice in a batch', [initialize(), { ...initialize(), id: 'again' }]],
    ])('%s is 400 and gives no session', async ([, body], stack) => {
      const reply = await send(stack, urlOf(stack), { body })
      expect(reply.status).toBe(400)
      expect(reply.headers['mcp-session-id']).toBeUndefined()
      expect(await reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 }, id: null })
    })

    it('a second time on a session is 400, and the session goes on', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      await session.tool('increment_counter')
      for (const again of [initialize(), initialize({ clientInfo: 1 }), [ping(), initialize()]]) {
        const reply = await session.post(again)
        expect(reply.status).toBe(400)
        expect(await reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 }, id: null })
      }
      expect((await session.tool('increment_counter')).structuredContent).toMatchObject({ counter: 2 })
    })

    it('is 503 while no instance reaches its store, and 200 again afterwards', async (stack) => {
      await Promise.all([1, 2, 3].map((n) => stack.links.get(`redis:${n}`)?.cut()))
      await untilAllAreDown(stack)
      const refused = await send(stack, urlOf(stack), { body: initialize() })
      expect(refused.status).toBe(503)
      expect(refused.headers['mcp-session-id']).toBeUndefined()
      expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32000 }, id: null })
      await stack.heal()
      expect((await send(stack, urlOf(stack), { body: initialize() })).status).toBe(200)
    })
  })

  it('is 503 on the one instance that cannot reach its store, and 200 on the others', async (stack) => {
    await stack.links.get('redis:2')?.cut()
    const opened = await Promise.all(stack.backends.map(({ url }) => send(stack, url, { body: initialize() })))
    expect(opened.map(({ status }) => status)).toEqual([200, 503, 200])
  })
})
