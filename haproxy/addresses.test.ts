// A container that is started again has another address: where a name server is given, the balancer follows its name.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { freePorts } from '../fault/process/ports.ts'
import { startBalancer } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { startNameServer } from './testing/name-server.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

async function serve(host: string, port: number, text: string): Promise<Server> {
  const server = createServer((_, response) => response.end(text)).listen(port, host)
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  return server
}

describeOnEachHaproxy('an instance with another address', (path) => {
  it('is found by its name; without a name server it is lost', async () => {
    const [port = 0] = await freePorts(1)
    const names = await startNameServer('127.0.0.1')
    const first = await serve('127.0.0.1', port, 'first')
    const nowhere = { SERVER_2_ADDRESS: '127.0.0.1:1', SERVER_3_ADDRESS: '127.0.0.1:1' }
    const start = { haproxy: path(), servers: [{ name: 'mcp-server-1', url: new URL(`http://localhost:${port}`) }] }
    const ours = await startBalancer({ ...start, env: { ...nowhere, RESOLVER: names.at } })
    const twin = await startBalancer({ ...start, env: nowhere })
    await eventually(() => ours.ask('')).toBe('first')
    await eventually(() => twin.ask('')).toBe('first')
    first.close().closeAllConnections()
    await serve('127.0.0.2', port, 'second')
    names.address = '127.0.0.2'
    await eventually(() => ours.ask('')).toBe('second')
    await ours.becomes('mcp-server-1', 'up')
    await twin.becomes('mcp-server-1', 'down')
    expect(await twin.ask('')).toBe('status 503')
  })
})
