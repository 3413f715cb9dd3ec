// What a tool is: a description for clients, arguments that are checked before it runs, and a function that sees one
// call and one session, nothing of HTTP, MCP or the store.
import { ToolSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Clock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import type { Session } from '../session.ts'

type LogLevel = 'debug' | 'info'

/** What the instance tells of itself. */
export interface Host {
  readonly instance: string
  readonly clock: Clock
  sessionCount(): Promise<number>
  uptimeMs(): number
}

/** One call as its tool sees it. */
export interface ToolCall {
  readonly session: Session
  readonly host: Host
  /** Aborts when the call was cancelled or nobody waits for it any more. */
  readonly signal: AbortSignal
  /** Goes out only where the caller asked for progress. */
  progress(done: number, total: number, message: string): Promise<void>
  log(level: LogLevel, message: string): Promise<void>
}

export type ToolResult = Readonly<Record<string, Json>>

export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: z.infer<typeof ToolSchema>['inputSchema']
  /** @throws BadArguments where the arguments are not what the tool takes; then nothing has changed. */
  run(args: unknown, call: ToolCall): Promise<ToolResult>
}

/** The message names each argument that is wrong. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments'
}

interface ToolDefinition<Arguments extends z.ZodObject> {
  readonly name: string
  readonly description: string
  readonly arguments: Arguments
  run(args: z.infer<Arguments>, call: ToolCall): Promise<ToolResult>
}

export function defineTool<Arguments extends z.ZodObject>(definition: ToolDefinition<Arguments>): Tool {
  const { name, description } = definition
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(definition.arguments, { io: 'input' })
  return {
    name,
    description,
    inputSchema: ToolSchema.shape.inputSchema.parse(jsonSchema),
    run(args, call) {
      const parsed = definition.arguments.safeParse(args)
      if (!parsed.success) throw new BadArguments(`Invalid arguments for ${name}: ${faults(parsed.error)}`)
      return definition.run(parsed.data, call)
    },
  }
}

function faults(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`).join('; ')
}
