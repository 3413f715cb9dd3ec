// The floor that the simulation is measured against: the SDK's client and the SDK's server in one process, over Node's own
// Request and Response, replies as event streams, no signal handed to the Request, no store and no balancer.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { told } from './measured.ts'

const server = new McpServer({ name: 'floor', version: '0' })
let counter = 0
server.registerTool('increment_counter', {}, async () => {
  counter += 1
  const result = { counter, instance: 'floor' }
  return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result }
})
const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => crypto.randomUUID() })
await server.connect(transport)

const client = new Client({ name: 'bench', version: '0' })
await client.connect(
  new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
    fetch: async (url, init) => {
      if (init?.method === 'GET') return new Response(null, { status: 405 })
      const { signal: _, ...rest } = init ?? {}
      return transport.handleRequest(new Request(url, rest))
    },
  }),
)
const call = () => client.callTool({ name: 'increment_counter' })
await told({ increment_counter: call })
process.exit(0)
