// One tools/call from its params to its result: finds the tool, reads the key, binds the session, and puts every way
// to fail into the words that clients act on.
import {
  CallToolRequestParamsSchema,
  type CallToolResult,
  ErrorCode,
  type LoggingLevel,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js'
import { BadCallKey, readOnce } from './call-key.ts'
import { bindSession } from './session.ts'
import { isStoreError, type SessionStore } from './store/contract.ts'
import { TOOLS } from './tools/all.ts'
import { BadArguments, type Host, type ToolCall, type ToolResult } from './tools/tool.ts'

export interface CallContext {
  readonly sessionId: string
  readonly store: SessionStore
  readonly ttlMs: number
  readonly host: Host
  readonly signal: AbortSignal
  isLogged(level: LoggingLevel): boolean
  /** Sends on the call's own stream. */
  notify(notification: ServerNotification): Promise<void>
}

/** What the SDK answers to `tools/call`. The SDK has checked that the params are such a call's. */
export async function callTool(params: unknown, context: CallContext): Promise<CallToolResult> {
  const { name, arguments: args = {}, _meta: meta } = CallToolRequestParamsSchema.parse(params)
  const { host, signal, sessionId: id, store, ttlMs } = context
  try {
    signal.throwIfAborted()
    const tool = TOOLS.get(name)
    if (tool === undefined) throw new BadArguments(`MCP error ${ErrorCode.InvalidParams}: Tool ${name} not found`)
    const session = bindSession({ store, id, ttlMs, once: readOnce(meta, name, args) })
    const token = meta?.progressToken
    const call: ToolCall = {
      session,
      host,
      signal,
      async progress(progress, total, message) {
        if (token === undefined) return
        const told = { progressToken: token, progress, total, message }
        await context.notify({ method: 'notifications/progress', params: told })
      },
      async log(level, msg) {
        if (!context.isLogged(level)) return
        await context.notify({ method: 'notifications/message', params: { level, data: { msg } } })
      },
    }
    return success({ ...(await tool.run(args, call)), instance: host.instance })
  } catch (error) {
    return failure(error, host.instance)
  }
}

function success(result: ToolResult): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result }
}

function failure(error: unknown, instance: string): CallToolResult {
  if (isStoreError(error)) {
    return { ...success({ error: { code: error.code, message: error.message }, instance }), isError: true }
  }
  if (error instanceof BadArguments || error instanceof BadCallKey) return toolError(error.message)
  throw error
}

function toolError(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}
