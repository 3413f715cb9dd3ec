// What is refused for its headers before its body is looked at, and whom the server talks to at all.
import { describe, expect } from 'vitest'
import type { Stack } from '../../../fault/index.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { expectRefusal } from './refusal.ts'
import { type Asked, send } from './request.ts'
import { initialize, openSession, ping } from './session.ts'

type Headers = NonNullable<Asked['headers']>

describeOnTiers('the wire', { ttlMs: 30_000 }, ({ it, itOnProcesses }) => {
  describe.each(ROUTES)('$route', ({ route, urlOf }) => {
    const served = async (headers: Headers, stack: Stack) => {
      expect((await (await openSession(stack, urlOf(stack))).post(ping(), headers)).status).toBe(200)
    }
    const refused = async (headers: Headers, stack: Stack) => {
      const session = await openSession(stack, urlOf(stack))
      await expectRefusal(await session.post(ping(), headers), 403)
      await expectRefusal(await session.send({ method: 'GET', headers }), 403)
      await expectRefusal(await session.send({ method: 'DELETE', headers }), 403)
      await expectRefusal(await send(stack, urlOf(stack), { body: initialize(), headers }), 403)
      await expectRefusal(await send(stack, new URL('/health', urlOf(stack)), { method: 'GET', headers }), 403)
      expect((await session.post(ping())).status).toBe(200)
    }

    it.for([
      [406, { accept: undefined }],
      [406, { accept: '*/*' }],
      [406, { accept: 'application/json' }],
      [406, { accept: 'text/event-stream' }],
      [415, { 'content-type': undefined }],
      [415, { 'content-type': 'text/plain' }],
      [415, { 'content-type': 'application/jsonp' }],
    ])('refuses with %i a POST with %j, on a session or to open one', async ([status, headers], stack) => {
      await expectRefusal(await (await openSession(stack, urlOf(stack))).post(ping(), headers), status)
      await expectRefusal(await send(stack, urlOf(stack), { body: initialize(), headers }), status)
    })

    it('refuses with 400 a version that it does not speak, by any method', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      for (const version of ['1999-01-01', 'no version']) {
        const headers = { 'mcp-protocol-version': version }
        await expectRefusal(await session.post(ping(), headers), 400)
        await expectRefusal(await session.send({ method: 'GET', headers }), 400)
        await expectRefusal(await session.send({ method: 'DELETE', headers }), 400)
      }
      expect((await session.post(ping())).status).toBe(200)
    })

    it('refuses with 406 a GET that does not accept a stream', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      await expectRefusal(await session.send({ method: 'GET', headers: { accept: 'application/json' } }), 406)
    })

    it.for([
      { 'mcp-protocol-version': undefined },
      { 'mcp-protocol-version': '2025-11-25' },
      { 'mcp-protocol-version': '2025-03-26' },
      { accept: 'text/event-stream;q=0.5, application/json' },
      { 'content-type': 'application/json; charset=utf-8' },
      { origin: 'http://localhost:3000' },
      { origin: 'https://127.0.0.1' },
    ])('serves a POST with %j', served)

    // The simulation's fetch sends its own Host.
    itOnProcesses.for([
      { host: 'LOCALHOST' },
      { host: 'localhost:9999' },
      { host: '127.0.0.1:1' },
      { host: '[::1]:80' },
    ])('serves a POST with %j', served)

    it.for([
      { origin: 'https://evil.example' },
      { origin: 'http://localhost.evil.example' },
      { origin: 'null' },
      { origin: 'localhost' },
    ])('refuses %j with 403, by any method and on /health too', refused)

    // The simulation's fetch sends its own Host.
    itOnProcesses.for([
      { host: 'evil.example' },
      { host: 'localhost.evil.example' },
      { host: 'localhost@evil.example' },
      { host: '127.0.0.1.evil.example:8000' },
    ])('refuses %j with 403, by any method and on /health too', refused)

    const status = route === 'directly' ? 431 : 400
    // The simulation has no limit of headers.
    itOnProcesses(`refuses a header over 16 KiB with ${status}`, async (stack) => {
      const headers = { 'mcp-session-id': 'x'.repeat(17 * 1024) }
      expect((await send(stack, urlOf(stack), { body: initialize(), headers })).status).toBe(status)
    })

    it('takes an id of 64 KiB as an argument', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const resumed = await session.tool('resume_session', { old_session_id: 'x'.repeat(64 * 1024) })
      expect(resumed.structuredContent).toMatchObject({ status: 'resumed', keys_copied: 0 })
    })
  })
})
