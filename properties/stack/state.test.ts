// What a session and its instance tell of themselves through the balancer: status, notes, summary.
import { describe, expect } from 'vitest'
import { clientsOn } from './clients.ts'
import { describeOnTiers } from './on-tiers.ts'
import { readSummary } from './stack-client.ts'

describeOnTiers('through the balancer', { ttlMs: 3_000 }, ({ tier, it }) => {
  describe.each(clientsOn(tier))('by $kind', ({ open }) => {
    it('the nine tools are listed, they and their arguments described', async (stack) => {
      const description = expect.stringMatching(/^[A-Z].*\.$/)
      const tool = (name: string, args: Record<string, string> = {}) => {
        const properties = Object.entries(args).map(([arg, type]) => [
          arg,
          expect.objectContaining({ type, description }),
        ])
        const required = Object.keys(args).length > 0 ? { required: Object.keys(args) } : {}
        return {
          name,
          description,
          inputSchema: { type: 'object', properties: Object.fromEntries(properties), ...required },
        }
      }
      // An outputSchema is what some clients make types from, and then show no plain object: there is none.
      expect(await (await open(stack)).tools()).toEqual([
        tool('increment_counter'),
        tool('get_counter'),
        tool('add_note', { note: 'string' }),
        tool('list_notes'),
        tool('get_server_info'),
        tool('get_status'),
        tool('analyze_data', { num_items: 'integer' }),
        tool('watch_counter', { duration_seconds: 'integer' }),
        tool('resume_session', { old_session_id: 'string' }),
      ])
    })

    it('get_status tells uptime, live sessions and the time in UTC', async (stack) => {
      const [session, other] = [await open(stack), await open(stack)]
      expect((await session.call('get_status')).value).toMatchObject({ active_sessions: 0 })
      await session.call('increment_counter')
      await other.call('add_note', { note: 'live' })
      const before = Date.now()
      const { value } = await session.call('get_status')
      expect(value).toEqual({
        uptime_seconds: expect.any(Number),
        active_sessions: 2,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        instance: expect.stringMatching(/^mcp-server-[123]$/),
      })
      expect(value['uptime_seconds']).toBeGreaterThan(0)
      expect(Math.abs(Date.parse(String(value['timestamp'])) - before)).toBeLessThan(1_000)
    })

    it('a session that resumes itself is told so and keeps its state', async (stack) => {
      const session = await open(stack)
      await session.call('increment_counter')
      const { value } = await session.call('resume_session', { old_session_id: session.sessionId })
      expect(value).toEqual({ status: 'same_session', instance: value.instance })
      expect((await session.call('get_counter')).value).toMatchObject({ counter: 1 })
    })

    it('notes are listed in the order in which they were added', async (stack) => {
      const session = await open(stack)
      const notes = ['b', 'a', '', 'ä 🎼', 'b']
      for (const [at, note] of notes.entries()) {
        expect((await session.call('add_note', { note })).value).toMatchObject({ notes_count: at + 1 })
      }
      expect((await session.call('list_notes')).value).toMatchObject({ notes })
    })

    it('the summary holds all of a session, from the first on', async (stack) => {
      const session = await open(stack)
      const { sessionId: session_id } = session
      const { instance } = (await session.call('get_counter')).value
      const empty = { session_id, counter: 0, notes: [], analysis_result: null, instance }
      expect(await readSummary(session, session_id)).toEqual(empty)
      await session.call('increment_counter')
      await session.call('add_note', { note: 'first' })
      await session.call('add_note', { note: 'second' })
      expect(await readSummary(session, session_id)).toEqual({ ...empty, counter: 1, notes: ['first', 'second'] })
    })

    it('the summary is a template and no resource', async (stack) => {
      const session = await open(stack)
      expect(await session.resourceTemplates()).toEqual([
        {
          name: 'session_summary',
          uriTemplate: 'resource://session/{session_id}/summary',
          description: expect.stringMatching(/./),
          mimeType: 'application/json',
        },
      ])
      expect(await session.resources()).toEqual([])
    })
  })
})
