// What the tests ask of a client, so that each is written once and run by every kind of client. Whatever does not read
// as the contract says is thrown here: both kinds are held to the same words.
import { deepStrictEqual } from 'node:assert/strict'
import { z } from 'zod'
import type { Stack } from '../../fault/stack.ts'

/** One connection to one session. It runs one call at a time: log messages do not say which call they are of. */
export interface StackClient {
  readonly sessionId: string
  /** Rejects where the tool answers an error. `hear` gets each notification when it comes. */
  call(tool: string, args?: Record<string, unknown>, hear?: (heard: string) => void): Promise<Called>
  tools(): Promise<readonly unknown[]>
  resources(): Promise<readonly unknown[]>
  resourceTemplates(): Promise<readonly unknown[]>
  /** Its contents. */
  read(uri: string): Promise<readonly unknown[]>
  /** Lets go of the connection; the session stays. */
  close(): Promise<void>
}

/** Opens a session through the balancer. */
export type Connect = (stack: Stack) => Promise<StackClient>

export interface Called {
  readonly value: Value
  /** The notifications of the call in their order, as `info: text` and `1 of 2: text`. */
  readonly heard: readonly string[]
}

const valueShape = z.looseObject({ instance: z.string() })
export type Value = z.infer<typeof valueShape>

const resultShape = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  structuredContent: valueShape.optional(),
  isError: z.boolean().optional(),
})

/** The object that a tool answers, once it was found to be sent twice. */
export function readValue(result: unknown): Value {
  const { content, structuredContent, isError } = resultShape.parse(result)
  const [{ text }] = content
  if (isError === true) throw new Error(`the tool answered an error: ${text}`)
  const value = valueShape.parse(structuredContent)
  deepStrictEqual(JSON.parse(text), value, 'text and structuredContent differ')
  return value
}

/** The summary of a session, asked for by `client`. */
export async function readSummary(client: StackClient, sessionId: string): Promise<unknown> {
  const uri = `resource://session/${encodeURIComponent(sessionId)}/summary`
  const content = z.strictObject({ uri: z.literal(uri), mimeType: z.literal('application/json'), text: z.string() })
  const [{ text }] = z.tuple([content]).parse(await client.read(uri))
  return JSON.parse(text)
}

const logShape = z.object({ level: z.string(), data: z.strictObject({ msg: z.string() }) })
const progressShape = z.object({ progress: z.number(), total: z.number(), message: z.string() })

/** The params of a log message, as tests name it. */
export function heardLog(params: unknown): string {
  const { level, data } = logShape.parse(params)
  return `${level}: ${data.msg}`
}

/** The params of a progress notification, as tests name it. */
export function heardProgress(params: unknown): string {
  const { progress, total, message } = progressShape.parse(params)
  return `${progress} of ${total}: ${message}`
}
