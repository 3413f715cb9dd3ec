// The summary of a session: its id stands in a URI, percent-encoded, whatever the id is.
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { deadlineOf } from '../deadline.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { answerOf, openSession, type WireSession } from './session.ts'

const uriOf = (id: string) => `resource://session/${encodeURIComponent(id)}/summary`
const ask = async (session: WireSession, method: string, params?: object) =>
  answerOf(await session.post({ jsonrpc: '2.0', id: 'ask', method, params }))

const contentsShape = z.object({ contents: z.tuple([z.object({ uri: z.string(), text: z.string() })]) })

async function summaryOf(session: WireSession, id: string): Promise<unknown> {
  const [{ uri, text }] = contentsShape.parse(
    (await ask(session, 'resources/read', { uri: uriOf(id) })).result,
  ).contents
  expect(uri).toBe(uriOf(id))
  return JSON.parse(text)
}

describeOnTiers('the summary', { ttlMs: 30_000 }, ({ it, itOnProcesses }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('is a template, and no resource', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect((await ask(session, 'resources/list')).result).toEqual({ resources: [] })
      const uriTemplate = 'resource://session/{session_id}/summary'
      expect((await ask(session, 'resources/templates/list')).result).toMatchObject({
        resourceTemplates: [{ name: 'session_summary', uriTemplate, mimeType: 'application/json' }],
      })
    })

    it.for(['nobody', '.', '..', '', '*', 'a/b', 'a?b#c', '%', '%2e', 'é', '\n', 'x'.repeat(64 * 1024)])(
      'of %j is of that very id, empty where nobody has it',
      async (id, stack) => {
        const session = await openSession(stack, urlOf(stack))
        await session.tool('increment_counter')
        const empty = { session_id: id, counter: 0, notes: [], analysis_result: null }
        expect(await summaryOf(session, id)).toEqual({ ...empty, instance: expect.any(String) })
      },
    )

    // Deadlines are read from Redis by its address, at which the simulation has none for the harness.
    itOnProcesses(
      'of another session is given to whoever has its id, and read by its own alone slides its deadline',
      async (stack) => {
        const [session, other] = [await openSession(stack, urlOf(stack)), await openSession(stack, urlOf(stack))]
        await session.tool('increment_counter')
        await other.tool('add_note', { note: "the other's" })
        const [own, others] = [await deadlineOf(stack, session.id), await deadlineOf(stack, other.id)]
        expect(await summaryOf(session, other.id)).toMatchObject({ session_id: other.id, notes: ["the other's"] })
        expect(await deadlineOf(stack, session.id)).toBe(own)
        expect(await summaryOf(session, session.id)).toMatchObject({ session_id: session.id, counter: 1 })
        expect(await deadlineOf(stack, session.id)).toBeGreaterThan(own)
        expect(await deadlineOf(stack, other.id)).toBe(others)
      },
    )

    it.for(['resource://session/%/summary', 'resource://session/%ff/summary', 'resource://session/a', 'file:///a'])(
      'at %s is error -32602',
      async (uri, stack) => {
        const session = await openSession(stack, urlOf(stack))
        expect(await ask(session, 'resources/read', { uri })).toMatchObject({ id: 'ask', error: { code: -32602 } })
      },
    )
  })
})
