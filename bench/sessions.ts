// What a live session costs: memory in the instance that holds it, the time to open one, and what many live ones in the
// store cost a call that counts them.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Stack, startStack } from '../fault/index.ts'
import { RedisSessionStore } from '../server/index.ts'
import { quantile } from './quantile.ts'
import { RawConnection } from './raw-connection.ts'
import { rounded, type Table } from './table.ts'

const TTL_MS = 1_800_000
const MEASURED_SESSIONS = 5_000
const MEASURED_MS = 5_000
const CONNECTIONS = 8
const FEW = 100
const MANY = 100_000

export async function benchSessions(): Promise<Table[]> {
  const stack = await startStack({ tier: 'process', ttlMs: TTL_MS, links: 'direct' })
  try {
    return [
      { title: 'Memory that one instance holds for a live session, heap and buffers', rows: [await memoryRow(stack)] },
      { title: `Sessions opened through HAProxy on ${CONNECTIONS} connections`, rows: [await openingRow(stack)] },
      { title: 'get_status by the number of live sessions, one caller', rows: await countingRows(stack) },
    ]
  } finally {
    await stack.close()
  }
}

async function memoryRow({ redis }: Stack): Promise<Table['rows'][number]> {
  const host = fork(fileURLToPath(new URL('./session-host.ts', import.meta.url)), {
    env: { ...process.env, REDIS_URL: redis.url },
    execArgv: ['--expose-gc', '--import', 'tsx'],
  })
  try {
    const { port } = z.object({ port: z.number() }).parse(await message(host))
    const url = new URL(`http://127.0.0.1:${port}/mcp`)
    const bytes = async () => {
      host.send('measure')
      return z.object({ bytes: z.number() }).parse(await message(host)).bytes
    }
    await openLive(url, FEW)
    const before = await bytes()
    await openLive(url, MEASURED_SESSIONS)
    const kib = ((await bytes()) - before) / MEASURED_SESSIONS / 1_024
    return { sessions: MEASURED_SESSIONS, 'KiB each': rounded(kib, 1) }
  } finally {
    host.kill()
  }
}

async function message(host: ChildProcess): Promise<unknown> {
  const [told]: unknown[] = await once(host, 'message')
  return told
}

/** Sessions with a value each. */
async function openLive(url: URL, count: number): Promise<void> {
  const connection = new RawConnection(url)
  for (let opened = 0; opened < count; opened++) await connection.call(await connection.open(), 'increment_counter')
  connection.close()
}

async function openingRow({ endpoint }: Stack): Promise<Table['rows'][number]> {
  const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(endpoint))
  const times: number[] = []
  const began = performance.now()
  const openOn = async (connection: RawConnection) => {
    for (let now = performance.now(); now - began < MEASURED_MS; ) {
      await connection.open()
      const ended = performance.now()
      times.push(ended - now)
      now = ended
    }
  }
  await Promise.all(connections.map(openOn))
  const seconds = (performance.now() - began) / 1_000
  for (const connection of connections) connection.close()
  return {
    opened: times.length,
    'sessions/s': rounded(times.length / seconds),
    'p50 ms': rounded(quantile(times, 0.5), 2),
    'p99 ms': rounded(quantile(times, 0.99), 2),
  }
}

async function countingRows(stack: Stack): Promise<Table['rows']> {
  await stack.reset()
  const { endpoint, redis } = stack
  const store = new RedisSessionStore({ url: redis.url })
  const connection = new RawConnection(endpoint)
  const session = await connection.open()
  await callTimes(connection, session)
  const rows = []
  let live = 0
  const fillTo = async (count: number) => {
    while (live < count) {
      const more = Array.from({ length: Math.min(500, count - live) }, (_, at) => `live-${live + at}`)
      await Promise.all(more.map((id) => store.set(id, 'counter', 1, { ttl: TTL_MS })))
      live += more.length
    }
  }
  for (const count of [FEW, MANY]) {
    await fillTo(count)
    const counted = /"active_sessions":(\d+)/.exec(await connection.call(session, 'get_status'))?.[1]
    rows.push({
      'live sessions': live,
      'told by get_status': Number(counted),
      ...(await callTimes(connection, session)),
    })
  }
  connection.close()
  await store.close()
  return rows
}

async function callTimes(connection: RawConnection, session: string) {
  const times: number[] = []
  while (times.length < 2_000) {
    const began = performance.now()
    await connection.call(session, 'get_status')
    times.push(performance.now() - began)
  }
  return { 'p50 ms': rounded(quantile(times, 0.5), 2), 'p99 ms': rounded(quantile(times, 0.99), 2) }
}
