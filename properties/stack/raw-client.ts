// A client of plain HTTP and JSON-RPC, without any library's help: what it hears came on the call's own stream.
import { z } from 'zod'
import type { Stack } from '../../fault/stack.ts'
import { type Notification, resultIn } from './json-rpc-stream.ts'
import { type Called, type Connect, heardLog, heardProgress, readValue, type StackClient } from './stack-client.ts'

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw-client', version: '0' },
}

/** A POST was answered with a status that is no success. */
class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number

  constructor(code: number, body: string) {
    super(`${code}: ${body}`)
    this.code = code
  }
}

interface Post {
  readonly message: object
  readonly sessionId?: string
  readonly signal?: AbortSignal
}

async function post(stack: Stack, { message, sessionId, signal }: Post): Promise<Response> {
  const response = await stack.fetch(stack.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    signal: signal ?? null,
  })
  if (!response.ok) throw new StatusError(response.status, await response.text())
  return response
}

/** Opens a session by plain requests. */
export const connectRaw: Connect = async (stack) => {
  const id = crypto.randomUUID()
  const opened = await post(stack, { message: { id, method: 'initialize', params: INITIALIZE } })
  const sessionId = z.uuid().parse(opened.headers.get('mcp-session-id'))
  await resultIn(opened, id, () => {})
  const { status } = await post(stack, { message: { method: 'notifications/initialized' }, sessionId })
  z.literal(202).parse(status)
  return joinRaw(stack, sessionId)
}

/** A further connection to a session that is open. */
export function joinRaw(stack: Stack, sessionId: string): StackClient {
  return new RawClient(stack, sessionId)
}

class RawClient implements StackClient {
  readonly sessionId: string
  readonly #stack: Stack
  readonly #closing = new AbortController()

  constructor(stack: Stack, sessionId: string) {
    this.#stack = stack
    this.sessionId = sessionId
  }

  async call(tool: string, args: Record<string, unknown> = {}, hear = (_heard: string) => {}): Promise<Called> {
    const heard: string[] = []
    const progressToken = `progress of ${tool}`
    const params = { name: tool, arguments: args, _meta: { progressToken } }
    const result = await this.#request('tools/call', params, (notification) => {
      const line = lineOf(notification, progressToken)
      heard.push(line)
      hear(line)
    })
    return { value: readValue(result), heard }
  }

  async tools(): Promise<readonly unknown[]> {
    return z.object({ tools: z.array(z.unknown()) }).parse(await this.#request('tools/list')).tools
  }

  async resources(): Promise<readonly unknown[]> {
    return z.object({ resources: z.array(z.unknown()) }).parse(await this.#request('resources/list')).resources
  }

  async resourceTemplates(): Promise<readonly unknown[]> {
    const result = await this.#request('resources/templates/list')
    return z.object({ resourceTemplates: z.array(z.unknown()) }).parse(result).resourceTemplates
  }

  async read(uri: string): Promise<readonly unknown[]> {
    return z.object({ contents: z.array(z.unknown()) }).parse(await this.#request('resources/read', { uri })).contents
  }

  async close(): Promise<void> {
    this.#closing.abort()
  }

  async #request(method: string, params: object = {}, hear = (_notification: Notification) => {}): Promise<unknown> {
    // Random, because ids must not be in flight twice on a session, and another connection may use it too.
    const id = crypto.randomUUID()
    const { sessionId } = this
    const { signal } = this.#closing
    return resultIn(await post(this.#stack, { message: { id, method, params }, sessionId, signal }), id, hear)
  }
}

function lineOf(notification: Notification, progressToken: string): string {
  if (notification.method === 'notifications/message') return heardLog(notification.params)
  z.literal(progressToken).parse(notification.params.progressToken)
  return heardProgress(notification.params)
}
