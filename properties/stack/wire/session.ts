// A session as a script of plain HTTP sees it: its id in a header, JSON-RPC in the body, and nothing sent by itself.
import { z } from 'zod'
import type { Stack } from '../../../fault/stack.ts'
import type { Reply } from './reply.ts'
import { type Asked, send } from './request.ts'

const messageShape = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
})
type Message = z.infer<typeof messageShape>

const resultShape = z.looseObject({
  isError: z.boolean().optional(),
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  structuredContent: z.looseObject({ instance: z.string() }).optional(),
})
type ToolResult = z.infer<typeof resultShape>

/** The request that opens a session. */
export const initialize = (params: object = {}) => ({
  jsonrpc: '2.0',
  id: 'open',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'wire', version: '0' }, ...params },
})

export const ping = (id: unknown = 1) => ({ jsonrpc: '2.0', id, method: 'ping' })

/** A call of a tool; `meta` is where a progress token goes. */
export const toolCall = (
  name: string,
  args: object = {},
  { id = 1, meta = {} }: { id?: unknown; meta?: object } = {},
) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, _meta: meta },
})

export const cancelled = (requestId: unknown) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
})

/** The messages of an event stream that has ended, in their order. */
export async function messagesOf(reply: Reply): Promise<Message[]> {
  const text = await reply.text()
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => messageShape.parse(JSON.parse(data)))
}

/** What the one request of that POST was answered. */
export async function answerOf(reply: Reply): Promise<Message> {
  const answers = (await messagesOf(reply)).filter(({ id }) => id !== undefined)
  const [answer] = answers
  if (answer === undefined || answers.length > 1) throw new Error(`not one answer: ${reply.status} ${reply.soFar}`)
  return answer
}

export class WireSession {
  readonly url: URL
  readonly id: string
  readonly #stack: Stack

  constructor(stack: Stack, url: URL, id: string) {
    this.#stack = stack
    this.url = url
    this.id = id
  }

  /** A request with this session's id. */
  send({ headers, ...asked }: Asked): Promise<Reply> {
    return send(this.#stack, this.url, { ...asked, headers: { 'mcp-session-id': this.id, ...headers } })
  }

  post(body: unknown, headers: NonNullable<Asked['headers']> = {}): Promise<Reply> {
    return this.send({ body, headers })
  }

  /** What a tool answers, be it an error. */
  async tool(name: string, args: object = {}): Promise<ToolResult> {
    return resultShape.parse((await answerOf(await this.post(toolCall(name, args)))).result)
  }
}

/** Opens a session, through the balancer or there, and says no word more: `notifications/initialized` is not sent. */
export async function openSession(stack: Stack, url = stack.endpoint): Promise<WireSession> {
  const opened = await send(stack, url, { body: initialize() })
  await opened.text()
  return new WireSession(stack, url, z.uuid().parse(opened.headers['mcp-session-id']))
}
