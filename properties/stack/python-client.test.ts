// What MCP's client for Python alone does: the shape that it gives to results, what it sends around and after an error,
// and how a call of it ends that times out or loses its instance.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Backend, type Stack, scaledTimers, startStack } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { openPython } from './clients.ts'
import { describeWithPython } from './python/needs-python.ts'

describeWithTools('behind the balancer', () => {
  describeWithPython("MCP's client for Python", () => {
    let stack: Stack

    beforeAll(async () => {
      stack = await startStack({ tier: 'process', ttlMs: 6_000, timers: scaledTimers(3_000) })
    })
    beforeEach(() => stack.reset())
    afterAll(() => stack.close())

    const serving = (instance: string): Backend => {
      const backend = stack.backends.find(({ name }) => name === instance)
      if (backend === undefined) throw new Error(`there is no ${instance}`)
      return backend
    }

    it('is refused its question for a newer protocol, and then opens a session', async () => {
      const { requests } = await openPython(stack)
      expect(requests.slice(0, 2)).toEqual(['POST 400', 'POST 200'])
    })

    it.each([
      ['increment_counter', {}],
      ['get_counter', {}],
      ['add_note', { note: 'ä 🎼' }],
      ['list_notes', {}],
      ['get_server_info', {}],
      ['get_status', {}],
      ['analyze_data', { num_items: 1 }],
      ['watch_counter', { duration_seconds: 1 }],
      ['resume_session', { old_session_id: 'of nobody' }],
    ])('shows what %s answers as a plain object', async (tool, args) => {
      const session = await openPython(stack)
      const structuredContent = expect.objectContaining({ instance: expect.stringMatching(/^mcp-server-[123]$/) })
      const answer = await session.take({ do: 'call', tool, arguments: args })
      expect(answer).toMatchObject({ type: 'dict', structuredContent })
      expect(answer).toMatchObject({ data: Object(answer).structuredContent })
    })

    describe('after an error', () => {
      it('of a tool goes on with its session, which leaving its block deletes, and the next resumes', async () => {
        const session = await openPython(stack)
        await session.call('add_note', { note: 'kept' })
        const before = session.requests.length
        await expect(session.call('add_note', { note: 1 })).rejects.toMatchObject({ type: 'ToolError', code: null })
        expect((await session.call('list_notes')).value).toMatchObject({ notes: ['kept'] })
        await session.close()
        expect(session.requests.slice(before)).toEqual(['POST 200', 'POST 200', 'DELETE 200'])
        const next = await openPython(stack)
        const resumed = await next.call('resume_session', { old_session_id: session.sessionId })
        expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
        expect((await next.call('list_notes')).value).toMatchObject({ notes: ['kept'] })
      })

      it('of a lost session asks on and opens none by itself, deletes the one that is gone, and the next resumes', async () => {
        const session = await openPython(stack)
        await serving((await session.call('increment_counter')).value.instance).kill()
        const posts = () => session.requests.filter((request) => request.startsWith('POST'))
        const before = posts().length
        for (let n = 1; n <= 2; n++) {
          const call = session.call('increment_counter')
          await expect(call).rejects.toMatchObject({ type: 'MCPError', code: -32001, message: /Session not found/ })
        }
        expect(posts().slice(before)).toEqual(['POST 404', 'POST 404'])
        await session.close()
        expect(session.requests.at(-1)).toBe('DELETE 404')
        const next = await openPython(stack)
        const resumed = await next.call('resume_session', { old_session_id: session.sessionId })
        expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
        expect((await next.call('get_counter')).value).toMatchObject({ counter: 1 })
      })
    })

    it('is told at once that the instance of its call was killed, and the next resumes', async () => {
      const session = await openPython(stack)
      const backend = serving((await session.call('increment_counter')).value.instance)
      const kills: Promise<void>[] = []
      const call = session.call('watch_counter', { duration_seconds: 30 }, () => kills.push(backend.kill()))
      await expect(call).rejects.toMatchObject({ code: -32000, message: /SSE stream ended without a response/ })
      await Promise.all(kills)
      const next = await openPython(stack)
      const resumed = await next.call('resume_session', { old_session_id: session.sessionId })
      expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
      expect((await next.call('get_counter')).value).toMatchObject({ counter: 1 })
    })

    it('ends a tool on the server when it waits for it no longer', async () => {
      const [session, other] = [await openPython(stack), await openPython(stack)]
      await session.call('increment_counter')
      const call = { do: 'call', tool: 'watch_counter', arguments: { duration_seconds: 30 }, timeout: 0.7 }
      await expect(session.take(call)).rejects.toMatchObject({ type: 'MCPError', message: /timed out/ })
      // Each look of it keeps the session's state alive, so that this goes only once it has ended.
      const sessions = async () => (await other.call('get_server_info')).value['sessions']
      expect(await sessions()).toBe(1)
      await expect.poll(sessions, { timeout: 20_000, interval: 100 }).toBe(0)
    })
  })
})
