// The resilient client as the client under test.
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { ResilientClient, type ResilientClientOptions } from '../client/index.ts'
import type { ClientSettings, ClientUnderTest, OpenClient } from './client-under-test.ts'

export const openResilientClient: OpenClient = (settings) => resilientClient(settings)

/** The same with other options: a planted bug replaces one rule of the protocol. */
export function resilientClient(
  settings: ClientSettings,
  options: Partial<ResilientClientOptions> = {},
): ClientUnderTest {
  const { url, fetch, clock, random, keys, timers } = settings
  const clientInfo = { name: 'mcp-failproof', version: '0' }
  const client = new ResilientClient(url, { clientInfo, fetch, clock, random, keys, ...timers, ...options })
  return {
    get sessionId() {
      return client.sessionId
    },
    get instructions() {
      return client.getInstructions()
    },
    connect: () => client.connect(),
    close: () => client.close(),
    callTool: async (params, { callId }) =>
      CallToolResultSchema.parse(await client.callTool(params, CallToolResultSchema, { callId })),
    readResource: (params, { callId }) => client.readResource(params, { callId }),
    on: (event, listener) => client.on(event, listener),
  }
}
