// A small MCP server in this process, made of the SDK's own parts, with the state and the idempotency records that the
// client's protocol is about: what it promises can be seen in `state`.
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import {
  type CallToolRequest,
  CallToolRequestSchema,
  type CallToolResult,
  EmptyResultSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { CALL_KEY_META } from '../../wire/call-key.ts'

export interface State {
  counter: number
  /** By client and seq, the reply of each keyed call that succeeded. */
  readonly records: Map<string, CallToolResult>
}

const Key = z.object({ client: z.string(), seq: z.number(), acknowledgedBelow: z.number() })
const Resume = z.object({ old_session_id: z.string() })
const NotFound = { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null }

export class FakeServer {
  readonly state = new Map<string, State>()
  readonly levels = new Map<string, string>()
  readonly transports = new Map<string, WebStandardStreamableHTTPServerTransport>()
  #ids = 0

  counterOf(session: string | undefined): number | undefined {
    return this.state.get(session ?? '')?.counter
  }

  async serve(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id')
    if (id !== null) {
      const transport = this.transports.get(id)
      if (!transport) return Response.json(NotFound, { status: 404 })
      if (request.method === 'DELETE') this.transports.delete(id)
      return transport.handleRequest(request)
    }
    const session = `s${++this.#ids}`
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => session,
      keepAliveMs: 0,
    })
    this.transports.set(session, transport)
    await this.#server(session).connect(transport)
    return transport.handleRequest(request)
  }

  /** Forgets the session, as an instance does that was restarted. Its state stays, as in Redis. */
  forget(session: string | undefined): void {
    this.transports.delete(session ?? '')
  }

  #server(session: string): Server {
    const capabilities = { tools: {}, resources: {}, logging: {} }
    const server = new Server({ name: 'fake', version: '1' }, { capabilities, instructions: `of ${session}` })
    server.setRequestHandler(SetLevelRequestSchema, ({ params }) => {
      this.levels.set(session, params.level)
      return {}
    })
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }))
    server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => {
      return { contents: [{ uri: params.uri, text: `counter ${this.counterOf(session) ?? 0}` }] }
    })
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { sendNotification, sendRequest }) => {
      if (params.name === 'ask') {
        await sendRequest({ method: 'ping' }, EmptyResultSchema)
        return result({ asked: 'ping' })
      }
      if (params.name === 'work') {
        const progressToken = params._meta?.progressToken ?? 0
        for (const progress of [1, 2, 3]) {
          const data = { msg: `${progress} on ${session}` }
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } })
          await sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
        }
      }
      return this.#once(session, params)
    })
    return server
  }

  #once(session: string, params: CallToolRequest['params']): CallToolResult {
    const { data: key } = Key.safeParse(params._meta?.[CALL_KEY_META])
    const record = key && `${key.client}/${key.seq}`
    const known = record && this.#stateOf(session).records.get(record)
    if (known) return known
    const result = this.#run(session, params)
    if (record && result.isError !== true) this.#stateOf(session).records.set(record, result)
    return result
  }

  #run(session: string, { name, arguments: given }: CallToolRequest['params']): CallToolResult {
    const state = this.#stateOf(session)
    switch (name) {
      case 'work':
      case 'increment_counter':
        return result({ counter: ++state.counter })
      case 'get_counter':
        return result({ counter: state.counter })
      case 'resume_session': {
        const from = this.state.get(Resume.parse(given).old_session_id)
        if (!from) return result({ status: 'resumed', keys_copied: 0 })
        this.state.set(session, { counter: from.counter, records: new Map([...state.records, ...from.records]) })
        return result({ status: 'resumed', keys_copied: 1 })
      }
      default:
        return { ...result({ problem: `no tool ${name}` }), isError: true }
    }
  }

  #stateOf(session: string): State {
    const state = this.state.get(session) ?? { counter: 0, records: new Map() }
    this.state.set(session, state)
    return state
  }
}

function result(value: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value }
}
