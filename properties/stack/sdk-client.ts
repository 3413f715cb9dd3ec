// The SDK's client as it comes, standalone stream and all: what most users of the stack will have.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { CallToolResultSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Stack } from '../../fault/stack.ts'
import { type Called, heardLog, heardProgress, readValue, type StackClient } from './stack-client.ts'

/** Opens a session by the SDK. */
export async function connectSdk(stack: Stack): Promise<SdkClient> {
  const client = new Client({ name: 'sdk-client', version: '0' })
  const transport: unknown = new StreamableHTTPClientTransport(stack.endpoint, { fetch: stack.fetch })
  if (!isTransport(transport)) throw new Error('The SDK has no transport')
  await client.connect(transport)
  return new SdkClient(client, z.uuid().parse(transport.sessionId))
}

// Its declared type does not fit the SDK's own interface where optional properties are exact.
export function isTransport(value: unknown): value is Transport {
  return value instanceof StreamableHTTPClientTransport
}

class SdkClient implements StackClient {
  readonly sessionId: string
  readonly client: Client

  constructor(client: Client, sessionId: string) {
    this.client = client
    this.sessionId = sessionId
  }

  async call(tool: string, args: Record<string, unknown> = {}, hear = (_heard: string) => {}): Promise<Called> {
    const heard: string[] = []
    const add = (line: string) => {
      heard.push(line)
      hear(line)
    }
    this.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => add(heardLog(params)))
    const onprogress = (params: unknown) => add(heardProgress(params))
    const result = await this.client.callTool({ name: tool, arguments: args }, CallToolResultSchema, { onprogress })
    return { value: readValue(result), heard }
  }

  async tools(): Promise<readonly unknown[]> {
    return (await this.client.listTools()).tools
  }

  async resources(): Promise<readonly unknown[]> {
    return (await this.client.listResources()).resources
  }

  async resourceTemplates(): Promise<readonly unknown[]> {
    return (await this.client.listResourceTemplates()).resourceTemplates
  }

  async read(uri: string): Promise<readonly unknown[]> {
    return (await this.client.readResource({ uri })).contents
  }

  close(): Promise<void> {
    return this.client.close()
  }
}
