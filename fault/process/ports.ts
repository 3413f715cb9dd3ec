// Free ports that stay ours. The system's own range is left alone: a proxy that is disabled for a while would find its
// port taken by some outgoing connection. Processes that start stacks at the same time begin to look in different places.
import { createServer } from 'node:net'
import getPort, { portNumbers } from 'get-port'
import { StackError } from '../stack.ts'

const FIRST = 10_240
const LAST = 32_000
const BLOCK = 32

function* candidates(): Iterable<number> {
  const blocks = Math.floor((LAST - FIRST) / BLOCK)
  const start = FIRST + ((process.pid * 37) % blocks) * BLOCK
  yield* portNumbers(start, LAST)
  yield* portNumbers(FIRST, start)
}

/** That many ports on 127.0.0.1, never given twice by one process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await getPort({ port: candidates(), host: '127.0.0.1', reserve: true }))
  return ports
}

/** Rejects with a StackError that names the first of these ports on which something listens already. */
export async function assertFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) await assertPortFree(port)
}

function assertPortFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE'
      const why = isTaken ? 'is taken: end what listens there, or choose another' : `cannot be had: ${cause.message}`
      reject(new StackError(`port ${port} ${why}`, { cause }))
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
  })
}
