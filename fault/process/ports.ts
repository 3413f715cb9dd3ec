// Free ports that stay ours. The system's own range is left alone: a proxy that is disabled for a while would find its
// port taken by some outgoing connection. Processes that start stacks at the same time begin to look in different places.
import getPort, { portNumbers } from 'get-port'

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
