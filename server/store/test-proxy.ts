// A TCP proxy for tests that can lose or delay what Redis is asked and what it answers: what makes an outcome unknown.

import type { AddressInfo } from 'node:net'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/** What becomes of the answers: they pass, vanish, or take the connection with them. */
type Replies = 'pass' | 'vanish' | 'close'

export interface TestProxy {
  readonly url: string
  requests: 'pass' | 'vanish'
  replies: Replies
  /** How long after Redis gave it an answer passes. */
  delayMs: number
  /** Resolves when a connection through here has closed. */
  closed(): Promise<void>
  stop(): Promise<void>
}

export async function startProxy(port: number): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  const server: Server = createServer((client) => {
    const redis = dial(port, '127.0.0.1')
    for (const socket of [client, redis]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        for (const closed of waiting.splice(0)) closed()
        client.destroy()
        redis.destroy()
      })
    }
    client.on('data', (data) => proxy.requests === 'pass' && redis.write(data))
    redis.on('data', (data) => {
      if (proxy.replies === 'pass') setTimeout(() => client.write(data), proxy.delayMs)
      if (proxy.replies === 'close') client.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  const proxy: TestProxy = {
    url: `redis://127.0.0.1:${address.port}`,
    requests: 'pass',
    replies: 'pass',
    delayMs: 0,
    closed: () => new Promise((resolve) => waiting.push(resolve)),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
