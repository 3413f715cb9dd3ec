// What an instance writes to its log, read where it really is: enough to follow a request, and nothing that was in it.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Stack, startStack } from '../../../fault/index.ts'
import { describeWithTools } from '../../../fault/process/needs-tools.ts'
import { until } from '../../../fault/until.ts'
import { untilAllAreDown } from '../balancer-view.ts'
import { ROUTES } from '../routes.ts'
import { send } from './request.ts'
import { initialize, openSession, toolCall, type WireSession } from './session.ts'

const SECRET = 'seCret-content'
const CLIENT = 'c0ffee'.padEnd(32, '0')

const requestShape = z.strictObject({
  level: z.number(),
  time: z.number(),
  instance: z.string(),
  requestId: z.number(),
  session: z.string().max(8).optional(),
  method: z.string(),
  route: z.string(),
  status: z.number(),
  msg: z.literal('request'),
})

/** Puts content wherever a client can, ends the session, and tells how many requests had its id. */
async function sayAll(stack: Stack, session: WireSession, old: WireSession): Promise<number> {
  const key = { 'mcp-failproof/call': { client: CLIENT, seq: 1, acknowledgedBelow: 1 } }
  const summary = `resource://session/${old.id}/summary`
  const wrongSummary = `resource://session/${SECRET}%/summary`
  const messages = [
    toolCall('add_note', { note: SECRET }, { meta: key }),
    toolCall('add_note', { note: `${SECRET}, again under a key` }, { meta: key }),
    toolCall('add_note', { note: { SECRET } }),
    toolCall(SECRET, { [SECRET]: SECRET }, { id: SECRET, meta: { progressToken: SECRET } }),
    toolCall('list_notes'),
    toolCall('resume_session', { old_session_id: old.id }),
    { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: summary } },
    { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: wrongSummary } },
    { jsonrpc: '2.0', id: 1, method: SECRET, params: { [SECRET]: 1 } },
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: SECRET },
    { jsonrpc: '2.0', method: SECRET },
    `{"${SECRET}`,
  ]
  const headers = [
    { host: `${SECRET}.example` },
    { origin: SECRET },
    { accept: SECRET },
    { 'mcp-protocol-version': SECRET },
  ]
  for (const message of messages) await (await session.post(message)).text()
  for (const header of headers) await (await session.post(toolCall('get_counter'), header)).text()
  await (await send(stack, new URL(`/${SECRET}?${SECRET}`, session.url), { method: 'GET' })).text()
  await (await session.send({ method: 'DELETE' })).text()
  return messages.length + headers.length + 1
}

describeWithTools('the log', () => {
  let stack: Stack
  let logs = ''

  beforeAll(async () => {
    logs = mkdtempSync(join(tmpdir(), 'mcp-failproof-logs-'))
    stack = await startStack({
      tier: 'process',
      ttlMs: 30_000,
      timers: { checkMs: 500 },
      logs,
      backend: { env: { LOG_LEVEL: 'trace' } },
    })
  })
  afterAll(async () => {
    await stack?.close()
    rmSync(logs, { recursive: true })
  })

  const written = () => stack.backends.map(({ name }) => readFileSync(join(logs, `${name}.log`), 'utf8')).join('')
  /** The lines of that many requests with that id, in their order: an instance may write them after it has answered. */
  const requestsOf = (id: string, count: number) => {
    const look = async () => {
      const lines = written()
        .split('\n')
        .filter((line) => line.includes(`"session":"${id.slice(0, 8)}"`))
      return lines.length < count ? undefined : lines.map((line) => requestShape.parse(JSON.parse(line)))
    }
    return until(look, { limitMs: 5_000, missing: () => `there are no ${count} lines with ${id}:\n${written()}` })
  }

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('has a line for each request of a session: its own number, method, route, status and instance', async () => {
      const session = await openSession(stack, urlOf(stack))
      const instance = (await session.tool('get_counter')).structuredContent?.instance
      await (await session.post('{')).text()
      await (await session.send({ method: 'DELETE' })).text()
      await (await session.send({ method: 'DELETE' })).text()
      const lines = await requestsOf(session.id, 5)
      expect(lines.map(({ method, status }) => [method, status])).toEqual([
        ['POST', 200],
        ['POST', 200],
        ['POST', 400],
        ['DELETE', 200],
        ['DELETE', 404],
      ])
      expect(new Set(lines.map(({ instance: name, route }) => `${name} ${route}`))).toEqual(
        new Set([`${instance} /mcp`]),
      )
      expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(lines.length)
    })

    it('tells no content, nor any whole id, even at its most talkative level', async () => {
      const [session, old] = [await openSession(stack, urlOf(stack)), await openSession(stack, urlOf(stack))]
      await old.tool('add_note', { note: SECRET })
      const count = 1 + (await sayAll(stack, session, old))
      const unknown = randomUUID()
      await (await send(stack, urlOf(stack), { body: initialize(), headers: { 'mcp-session-id': unknown } })).text()
      expect((await requestsOf(session.id, count)).at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
      await requestsOf(unknown, 1)
      for (const content of [SECRET, CLIENT, session.id, old.id, unknown]) expect(written()).not.toContain(content)
    })

    it('ends with the word that its instance has ended, where that was told to', async () => {
      const session = await openSession(stack, urlOf(stack))
      const instance = (await session.tool('get_counter')).structuredContent?.instance
      const backend = stack.backends.find(({ name }) => name === instance)
      const analysis = await session.post(toolCall('analyze_data', { num_items: 1 }))
      await backend?.stop()
      await analysis.text()
      const lines = readFileSync(join(logs, `${instance}.log`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ instance, msg: 'ended' })
      await stack.heal()
    })

    it('tells no content either where the store fails', async () => {
      const session = await openSession(stack, urlOf(stack))
      await Promise.all([1, 2, 3].map((n) => stack.links.get(`redis:${n}`)?.cut()))
      await untilAllAreDown(stack)
      const { isError } = await session.tool('add_note', { note: SECRET })
      expect(isError).toBe(true)
      await requestsOf(session.id, 2)
      await stack.heal()
      for (const content of [SECRET, session.id]) expect(written()).not.toContain(content)
    })
  })
})
