// Which session a request is for, and what is answered where it is for none; DELETE, which ends one.
import { describe, expect } from 'vitest'
import { deadlineOf } from '../deadline.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import type { Reply } from './reply.ts'
import { send } from './request.ts'
import { answerOf, initialize, openSession, ping, WireSession } from './session.ts'

async function expectNotFound(reply: Reply): Promise<void> {
  expect(reply.status).toBe(404)
  expect(reply.headers['mcp-session-id']).toBeUndefined()
  expect(reply.headers['content-type']).toBe('application/json')
  expect(await reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32001 }, id: null })
}

const METHODS = ['POST', 'GET', 'DELETE'] as const

describeOnTiers('a request', { ttlMs: 30_000 }, ({ it, itOnProcesses }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.for(METHODS)('by %s with an id that nobody holds is 404 -32001, without an id', async (method, stack) => {
      for (const id of [crypto.randomUUID(), 'a', '*', 'one,two', 'x'.repeat(4_000)]) {
        const body = method === 'POST' ? ping() : undefined
        await expectNotFound(await new WireSession(stack, urlOf(stack), id).send({ method, body }))
      }
    })

    it('that is initialize with an id that nobody holds is 404 -32001, without an id', async (stack) => {
      await expectNotFound(await new WireSession(stack, urlOf(stack), crypto.randomUUID()).post(initialize()))
    })

    it('with an id that nobody holds is 404 whatever else is wrong with it', async (stack) => {
      const gone = new WireSession(stack, urlOf(stack), crypto.randomUUID())
      await expectNotFound(await gone.post('{'))
      await expectNotFound(await gone.post(ping(), { accept: 'text/html', 'content-type': 'text/plain' }))
    })

    it.for(METHODS)('by %s without an id that is no initialize is 400', async (method, stack) => {
      const reply = await send(stack, urlOf(stack), { method, body: method === 'POST' ? ping() : undefined })
      expect(reply.status).toBe(400)
      expect(reply.headers['mcp-session-id']).toBeUndefined()
      expect(await reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 }, id: null })
    })

    it('before notifications/initialized is served, and after it', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect((await session.tool('increment_counter')).structuredContent).toMatchObject({ counter: 1 })
      const told = await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' })
      expect([told.status, await told.text()]).toEqual([202, ''])
      expect((await session.tool('increment_counter')).structuredContent).toMatchObject({ counter: 2 })
    })

    it('by another method is 405, for another path 404, both as JSON', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const put = await session.send({ method: 'PUT', body: ping() })
      expect([put.status, await put.json()]).toEqual([405, expect.objectContaining({ jsonrpc: '2.0', id: null })])
      const other = await send(stack, new URL('/other', urlOf(stack)), { body: initialize() })
      expect([other.status, await other.json()]).toEqual([404, { error: expect.stringContaining('/mcp') }])
    })

    it('by DELETE is 200 once and 404 after, as is every other then', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect((await session.send({ method: 'DELETE' })).status).toBe(200)
      for (const method of METHODS) {
        await expectNotFound(await session.send({ method, body: method === 'POST' ? ping() : undefined }))
      }
    })

    // Deadlines are read from Redis by its address, at which the simulation has none for the harness.
    itOnProcesses(
      'by DELETE ends the session and its streams, and neither its state nor its deadline',
      async (stack) => {
        const session = await openSession(stack, urlOf(stack))
        await session.tool('increment_counter')
        await session.tool('add_note', { note: 'kept' })
        const stream = await session.send({ method: 'GET' })
        expect(stream.status).toBe(200)
        const deadline = await deadlineOf(stack, session.id)
        expect(deadline).toBeGreaterThan(0)
        expect((await session.send({ method: 'DELETE' })).status).toBe(200)
        await stream.text()
        expect(await deadlineOf(stack, session.id)).toBe(deadline)
        const next = await openSession(stack, urlOf(stack))
        expect((await next.tool('resume_session', { old_session_id: session.id })).structuredContent).toMatchObject({
          status: 'resumed',
          keys_copied: 2,
        })
        expect((await next.tool('get_counter')).structuredContent).toMatchObject({ counter: 1 })
        expect((await next.tool('list_notes')).structuredContent).toMatchObject({ notes: ['kept'] })
        expect(await deadlineOf(stack, session.id)).toBe(deadline)
      },
    )
  })

  it('to an instance that does not hold its session is 404, though another does', async (stack) => {
    const [holder, other] = stack.backends
    if (holder === undefined || other === undefined) throw new Error('there are no two instances')
    const { id } = await openSession(stack, holder.url)
    await expectNotFound(await new WireSession(stack, other.url, id).post(ping()))
    expect((await answerOf(await new WireSession(stack, holder.url, id).post(ping()))).result).toEqual({})
  })
})
