// Bodies that hostile clients have sent, each of which once did what it must not.
import { expect, it } from 'vitest'
import { ENDPOINT, openSession, testServer } from './test-client.ts'

const increment = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment_counter"}}'
const addNote =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note","arguments":{"note":"NOTE"}}}'
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

async function opened() {
  const server = testServer()
  const session = await openSession(server)
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': session.id,
  }
  const send = async (body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await server.handle(new Request(ENDPOINT, { method: 'POST', headers, body }))
    await answer.text()
    return answer.status
  }
  return { session, send }
}

it.each([
  ['a byte that begins nothing', [0xff]],
  ['an overlong zero', [0xc0, 0x80]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a character that breaks off', [0xe2, 0x82]],
])('a body that is no UTF-8, by %s, is 400 and adds no note of replacement characters', async (_what, bytes) => {
  const { session, send } = await opened()
  const [before = '', after = ''] = addNote.split('NOTE')
  expect(await send(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]))).toBe(400)
  expect((await session.tool('list_notes')).structuredContent).toMatchObject({ notes: [] })
})

it('a batch that is refused because one of its messages nests too deep executes none of its calls', async () => {
  const { session, send } = await opened()
  const response = `{"jsonrpc":"2.0","id":2,"result":{"deep":${nested(100_000)}}}`
  expect(await send(`[${increment},${response}]`)).toBe(400)
  expect((await session.tool('get_counter')).structuredContent.counter).toBe(0)
})

it('a keyed call may nest as deep as a body may, and is executed', async () => {
  const { session } = await opened()
  const key = { client: 'a'.repeat(32), seq: 1, acknowledgedBelow: 0 }
  // Four levels are the message's own.
  const args = { deep: JSON.parse(nested(496)) }
  const { structuredContent } = await session.tool('increment_counter', args, { 'mcp-failproof/call': key })
  expect(structuredContent.counter).toBe(1)
})

it('a body may nest to 500 levels; brackets in strings are none', async () => {
  const { send } = await opened()
  const withArguments = (json: string) => increment.replace('}}', `,"arguments":{"x":${json}}}}`)
  expect(await send(withArguments(nested(497)))).toBe(200)
  expect(await send(withArguments(nested(498)))).toBe(400)
  expect(await send(withArguments(JSON.stringify(`"\\${'['.repeat(1_000)}`)))).toBe(200)
})
