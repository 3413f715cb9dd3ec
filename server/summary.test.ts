// The summary of a session: whose id is in the URI, whatever that id is.
import { describe, expect, it } from 'vitest'
import { openSession, testServer } from './test-client.ts'

const uriOf = (id: string) => `resource://session/${encodeURIComponent(id)}/summary`

async function open() {
  const server = testServer()
  const session = await openSession(server)
  const read = (uri: string) => session.request('resources/read', { uri })
  const summary = async (id: string) => JSON.parse((await read(uriOf(id))).result.contents[0]?.text ?? '')
  return { server, session, read, summary }
}

describe('the summary', () => {
  it('stands among the templates only', async () => {
    const { session } = await open()
    expect((await session.request('resources/list')).result.resources).toEqual([])
    expect((await session.request('resources/templates/list')).result.resourceTemplates).toMatchObject([
      { name: 'session_summary', uriTemplate: 'resource://session/{session_id}/summary', mimeType: 'application/json' },
    ])
  })

  it('holds all of a session', async () => {
    const { session, summary } = await open()
    await session.tool('increment_counter')
    await session.tool('add_note', { note: 'a' })
    await session.tool('analyze_data', { num_items: 1 })
    const analysis_result = { total_score: 1.5, items_processed: 1 }
    expect(await summary(session.id)).toEqual({
      session_id: 's1',
      counter: 1,
      notes: ['a'],
      analysis_result,
      instance: 'i1',
    })
  })

  it.each(['nobody', '.', '..', '', '*', 'a/b', 'a?b#c', '%', 'é', '\n', 'x'.repeat(65_536)])(
    'of %j is of that very id',
    async (id) => {
      const { server, summary } = await open()
      expect(await summary(id)).toEqual({
        session_id: id,
        counter: 0,
        notes: [],
        analysis_result: null,
        instance: 'i1',
      })
      await server.store.set(id, 'counter', 7, { ttl: 1000 })
      expect(await summary(id)).toMatchObject({ session_id: id, counter: 7 })
    },
  )

  it.each([
    'resource://session/%/summary',
    'resource://session/%ff/summary',
    'resource://session/a/b/summary',
    'resource://session/a',
    'file:///etc/passwd',
  ])('of %s is a JSON-RPC error', async (uri) => {
    const { read } = await open()
    expect((await read(uri)).error?.code).toBe(-32602)
  })

  it('read by its own session slides its deadline, by another not', async () => {
    const { server, session, summary } = await open()
    const other = await openSession(server)
    await session.tool('increment_counter')
    await other.tool('increment_counter')
    await server.clock.sleep(50_000)
    await summary(session.id)
    await summary(other.id)
    await server.clock.sleep(50_000)
    expect(await server.store.keys(session.id)).toEqual(['counter'])
    expect(await server.store.keys(other.id)).toEqual([])
  })
})
