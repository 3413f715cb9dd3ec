// The server behind a real socket: what only Node, Express and the adapter between them can get wrong.
import { createServer, type IncomingMessage, type RequestOptions, request, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from './app.ts'
import { MemorySessionStore } from './store/memory.ts'
import { systemClock } from './system.ts'
import { initialize } from './test-client.ts'

const OwnRequest = globalThis.Request
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const call = (name: string, args: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
})

describe('over HTTP', () => {
  let server: Server
  let endpoint: string
  let port: number
  let served: ReturnType<typeof createApp>

  beforeEach(async () => {
    served = createApp({ store: new MemorySessionStore(), keepAliveMs: 20 })
    server = createServer(served.app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port')
    port = address.port
    endpoint = `http://127.0.0.1:${port}/mcp`
  })
  afterEach(async () => {
    await served.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const send = (body: unknown, id?: string, signal?: AbortSignal) =>
    fetch(endpoint, {
      method: 'POST',
      headers: id === undefined ? HEADERS : { ...HEADERS, 'mcp-session-id': id },
      body: JSON.stringify(body),
      signal: signal ?? null,
    })
  const open = async () => {
    const answer = await send(initialize())
    await answer.text()
    return answer.headers.get('mcp-session-id') ?? ''
  }
  const raw = (options: RequestOptions, body?: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/mcp', ...options }, resolve)
      sent.on('error', reject)
      sent.end(body)
    })

  it('a session id is a random UUID', async () => {
    const ids = [await open(), await open()]
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids[0]).not.toBe(ids[1])
  })

  it('the headers of a call come at once, and comments until its answer', async () => {
    const started = systemClock.now()
    const answer = await send(call('analyze_data', { num_items: 1 }), await open())
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(systemClock.now() - started).toBeLessThan(500)
    const text = await answer.text()
    expect(text.match(/^: /gm)?.length).toBeGreaterThan(10)
    expect(text).toContain('"items_processed":1')
  })

  it('the first data of an answer without notifications is the answer', async () => {
    const text = await (await send(call('get_counter', {}), await open())).text()
    expect(text).toMatch(/^event: message\ndata: \{.*"counter":0.*\}\n\n$/)
  })

  it('a call whose client has gone stops', async () => {
    const id = await open()
    const client = new AbortController()
    await send(call('analyze_data', { num_items: 1000 }), id, client.signal)
    expect((await send(call('get_counter', {}), id)).status).toBe(400)
    client.abort()
    const free = async () => (await send(call('get_counter', {}), id)).status === 200
    while (!(await free())) await systemClock.sleep(5)
  })

  it('a body of unknown length is read, and refused over 1 MiB', async () => {
    const answer = async (body: string) => {
      const headers = { ...HEADERS, 'transfer-encoding': 'chunked' }
      const { statusCode } = await raw({ method: 'POST', headers }, body)
      return statusCode
    }
    expect(await answer(JSON.stringify(initialize()))).toBe(200)
    expect(await answer(JSON.stringify({ pad: 'x'.repeat(1024 * 1024) }))).toBe(413)
  })

  it('a body that says it is over 1 MiB is refused', async () => {
    expect((await send({ ...initialize(), pad: 'x'.repeat(1024 * 1024) })).status).toBe(413)
  })

  it('the globals of the process stay its own', () => {
    expect(globalThis.Request).toBe(OwnRequest)
  })

  it('a header over 16 KiB is 431', async () => {
    expect((await raw({ headers: { 'mcp-session-id': 'x'.repeat(17 * 1024) } })).statusCode).toBe(431)
  })

  it('a host that is no host is refused', async () => {
    for (const host of ['evil.example', 'a b', '127.0.0.1:8000@evil.example', '[::1']) {
      expect((await raw({ path: '/health', headers: { host } })).statusCode).toBe(403)
    }
    expect((await raw({ path: '/health', headers: { host: 'localhost' } })).statusCode).toBe(200)
  })
})
