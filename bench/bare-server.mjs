// The least that can answer the load generator: node:http, a counter a session in memory, and the bytes that the real
// server would send. What the real one takes beyond this is the price of MCP, of Redis and of its promises.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const { HOST, PORT, INSTANCE_ID } = process.env
const counters = new Map()

createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    if (request.method !== 'POST') return response.end('ok')
    const { id, method } = JSON.parse(Buffer.concat(parts).toString())
    const session = request.headers['mcp-session-id'] ?? randomUUID()
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' }
    response.writeHead(200, method === 'initialize' ? { ...headers, 'mcp-session-id': session } : headers)
    response.flushHeaders()
    const counter = (counters.get(session) ?? 0) + (method === 'tools/call' ? 1 : 0)
    counters.set(session, counter)
    const value = { counter, instance: INSTANCE_ID }
    const result = { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value }
    response.end(`event: message\ndata: ${JSON.stringify({ result, jsonrpc: '2.0', id })}\n\n`)
  })
}).listen(Number(PORT), HOST)
