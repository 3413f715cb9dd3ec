// An instance for tests on the real HAProxy: it does with each request what the test says.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

export interface ServedInstance {
  readonly name: string
  readonly url: URL
  /** Its address refuses connections from then on. */
  close(): Promise<void>
}

/** The file's other servers, where a test has one instance only and retires them: names would be looked up. */
export const NOWHERE = { SERVER_2_ADDRESS: '127.0.0.1:1', SERVER_3_ADDRESS: '127.0.0.1:1' }

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** It ends with the test. */
export async function serve(n: number, handler: Handler): Promise<ServedInstance> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  server.keepAliveTimeout = 60_000
  const close = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  onTestFinished(close)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { name: `mcp-server-${n}`, url: new URL(`http://127.0.0.1:${port}`), close }
}
