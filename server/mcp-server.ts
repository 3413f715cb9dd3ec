// The SDK's server for one protocol session: lists and calls the tools, reads the summary. The low-level server, since
// the high-level one normalises resource URIs, and so confuses ids.
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type LoggingLevel,
  LoggingLevelSchema,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { z } from 'zod'
import { callTool } from './call-tool.ts'
import type { CallTransport } from './call-transport.ts'
import type { SessionStore } from './store/contract.ts'
import { readSummary, SUMMARY_TEMPLATE } from './summary.ts'
import { TOOLS } from './tools/all.ts'
import type { Host } from './tools/tool.ts'

// This server asks its clients nothing whose answer has a schema, and a real validator takes 18 KiB a session.
const noValidator: jsonSchemaValidator = {
  getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'This server validates no schemas' }),
}

// Looser than the SDK's, which then checks the params itself and answers -32602 for them instead of -32603.
const anyToolCall = z.object({ method: z.literal('tools/call'), params: z.unknown().optional() })

const SEVERITY: ReadonlyMap<LoggingLevel, number> = new Map(
  LoggingLevelSchema.options.map((level, index) => [level, index]),
)

export interface McpServerOptions {
  readonly transport: CallTransport
  readonly store: SessionStore
  readonly ttlMs: number
  readonly host: Host
}

/** A server ready to be connected to that session's transport. */
export function createMcpServer({ transport, store, ttlMs, host }: McpServerOptions): Server {
  const sessionId = transport.sessionId
  const server = new Server(
    { name: 'mcp_lb_demo', version: '0.1.0' },
    {
      instructions: `Stateful MCP server instance: ${host.instance}`,
      capabilities: { tools: {}, resources: {}, logging: {} },
      jsonSchemaValidator: noValidator,
    },
  )
  let threshold: LoggingLevel = 'debug'
  const isLogged = (level: LoggingLevel) => (SEVERITY.get(level) ?? 0) >= (SEVERITY.get(threshold) ?? 0)
  server.setRequestHandler(SetLevelRequestSchema, ({ params }) => {
    threshold = params.level
    return {}
  })
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...TOOLS.values()].map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }))
  server.setRequestHandler(anyToolCall, ({ params }, extra) => {
    const notify = extra.sendNotification
    return callTool(params, {
      sessionId,
      store,
      ttlMs,
      host,
      isLogged,
      notify,
      signal: transport.signalOf(extra.requestId),
    })
  })
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [] }))
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [SUMMARY_TEMPLATE] }))
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) =>
    readSummary(params.uri, { sessionId, store, ttlMs, instance: host.instance }),
  )
  return server
}
