// Well-made calls between hostile requests: what they are answered shows the state, and that good calls are served.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { State } from './effect.ts'
import { exchange } from './exchange.ts'
import { soundHead } from './headers.ts'
import { http } from './request.ts'

const resultShape = z.object({
  result: z.object({ structuredContent: z.looseObject({}), isError: z.literal(undefined).optional() }),
})

const stateShape = z.object({ counter: z.number() })
const notesShape = z.object({ notes: z.array(z.string()) })

async function ask(url: URL, sessionId: string, method: string, params: object) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: randomUUID(), method, params }))
  const headers = soundHead.headers.filter(([name]) => method !== 'initialize' || name !== 'mcp-session-id')
  const answer = await exchange(url, http({ ...soundHead, headers, body, framing: 'length' })(sessionId), 'whole')
  if (answer === undefined) throw new Error(`a good ${method} was not answered`)
  if (answer.status !== 200) throw new Error(`a good ${method} was answered ${answer.status}: ${answer.body}`)
  return answer
}

/** Opens a session and returns its id. */
export async function open(url: URL): Promise<string> {
  const clientInfo = { name: 'caller', version: '0' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  return z.uuid().parse((await ask(url, '', 'initialize', params)).headers.get('mcp-session-id'))
}

/** What a tool answers; rejects where it is an error. */
export async function call(url: URL, sessionId: string, name: string, args: object = {}): Promise<object> {
  const { body } = await ask(url, sessionId, 'tools/call', { name, arguments: args })
  const [, data = ''] = /^data: ([^\n]*)\n/m.exec(body) ?? []
  return resultShape.parse(JSON.parse(data)).result.structuredContent
}

/** All that hostile requests could have changed in a session. */
export async function stateOf(url: URL, sessionId: string): Promise<State> {
  const { counter } = stateShape.parse(await call(url, sessionId, 'get_counter'))
  const { notes } = notesShape.parse(await call(url, sessionId, 'list_notes'))
  return { counter, notes: notes.sort() }
}
