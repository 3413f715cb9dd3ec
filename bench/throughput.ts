// Calls a second of increment_counter through HAProxy and Redis, three instances, Toxiproxy out of the path, all of it
// and the load generator on one machine. A server that does nothing but answer the same bytes is measured in the same
// run: machines differ, and the ratio tells what this stack costs.
import { setMaxListeners } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ResilientClient } from '../client/index.ts'
import type { ProcessStackOptions, Stack } from '../fault/index.ts'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { isTransport } from '../properties/stack/sdk-client.ts'
import { processorMs } from './processor-time.ts'
import { quantile } from './quantile.ts'
import { counterIn, RawConnection } from './raw-connection.ts'
import { rounded, type Table } from './table.ts'

const SESSIONS = [1, 8, 32]
const WARM_MS = 2_000
const MEASURED_MS = 8_000

/** One session under load. */
interface Caller {
  /** Increments and answers the counter. */
  increment(): Promise<number>
  close(): Promise<void>
}

type Open = (stack: Stack) => Promise<Caller>

const openRaw: Open = async ({ endpoint }) => {
  const connection = new RawConnection(endpoint)
  const session = await connection.open()
  return {
    increment: async () => counterIn(await connection.call(session, 'increment_counter')),
    close: async () => connection.close(),
  }
}

const openSdk: Open = async ({ endpoint }) => {
  const client = new Client({ name: 'load-generator', version: '0' })
  const transport: unknown = new StreamableHTTPClientTransport(endpoint, { fetch: fetchManyTimes })
  if (!isTransport(transport)) throw new Error('the SDK has no transport')
  await client.connect(transport)
  return { increment: () => counterOf(client.callTool({ name: 'increment_counter' })), close: () => client.close() }
}

// The SDK gives all requests of a client one signal, and Node warns at each listener from the 1,501st on.
function fetchManyTimes(url: string | URL, init: RequestInit = {}): Promise<Response> {
  if (init.signal) setMaxListeners(0, init.signal)
  return fetch(url, init)
}

const openResilient: Open = async ({ endpoint }) => {
  const client = new ResilientClient(endpoint, { clientInfo: { name: 'load-generator', version: '0' } })
  await client.connect()
  return { increment: () => counterOf(client.callTool({ name: 'increment_counter' })), close: () => client.close() }
}

const counterOf = async (result: Promise<unknown>) => counterIn(JSON.stringify(await result))

interface Load {
  readonly seconds: number
  /** Milliseconds of each call. */
  readonly latencies: readonly number[]
}

async function load(callers: readonly Caller[], ms: number): Promise<Load> {
  const latencies: number[] = []
  const began = performance.now()
  const call = async ({ increment }: Caller) => {
    for (let now = performance.now(); now - began < ms; ) {
      await increment()
      const ended = performance.now()
      latencies.push(ended - now)
      now = ended
    }
  }
  await Promise.all(callers.map(call))
  return { latencies, seconds: (performance.now() - began) / 1_000 }
}

interface Measured {
  readonly row: Table['rows'][number]
  /** Microseconds of processor time of each process for one call. */
  readonly processor: Table['rows'][number]
}

async function measure(stack: ProcessStack, { client, open }: Kind, sessions: number): Promise<Measured> {
  const callers = await Promise.all(Array.from({ length: sessions }, () => open(stack)))
  const warm = await load(callers, WARM_MS)
  const processes = [...stack.processes, ['load generator', process.pid] as const]
  const before = processes.map(([, id]) => processorMs(id))
  const { latencies, seconds } = await load(callers, MEASURED_MS)
  const used = processes.map(([name, id], at): [string, number] => {
    const ms = processorMs(id) - (before[at] ?? 0)
    return [name, rounded((ms * 1_000) / latencies.length)]
  })
  await assertCounted(callers, warm.latencies.length + latencies.length)
  await Promise.all(callers.map((caller) => caller.close()))
  const row = {
    client,
    sessions,
    'calls/s': rounded(latencies.length / seconds),
    'p50 ms': rounded(quantile(latencies, 0.5), 2),
    'p99 ms': rounded(quantile(latencies, 0.99), 2),
  }
  return { row, processor: { client, sessions, ...Object.fromEntries(used) } }
}

/** Each increment of each session was executed once: speed without that is no result. */
async function assertCounted(callers: readonly Caller[], calls: number): Promise<void> {
  const counters = await Promise.all(callers.map(({ increment }) => increment()))
  const counted = counters.reduce((sum, counter) => sum + counter - 1, 0)
  if (counted !== calls) throw new Error(`${calls} calls were acknowledged, ${counted} were counted`)
}

interface Kind {
  readonly client: string
  readonly open: Open
}

const PLAIN: Kind = { client: 'plain HTTP', open: openRaw }
const KINDS = [PLAIN, { client: "the SDK's client", open: openSdk }, { client: 'ResilientClient', open: openResilient }]
const BARE = fileURLToPath(new URL('./bare-server.mjs', import.meta.url))

async function measureAll(kinds: readonly Kind[], options: ProcessStackOptions): Promise<Measured[]> {
  const stack = await startProcessStack({ ttlMs: 1_800_000, links: 'direct', ...options })
  try {
    const all: Measured[] = []
    for (const kind of kinds) {
      for (const sessions of SESSIONS) all.push(await measure(stack, kind, sessions))
    }
    return all
  } finally {
    await stack.close()
  }
}

export async function benchThroughput(): Promise<Table[]> {
  const bare = await measureAll([PLAIN], { backend: { args: [BARE] } })
  const own = await measureAll(KINDS, {})
  return [
    { title: 'increment_counter through HAProxy and Redis, three instances', rows: own.map(({ row }) => row) },
    { title: 'Microseconds of processor time for one of these calls', rows: own.map(({ processor }) => processor) },
    {
      title: 'The same requests to node:http servers that know no MCP and no Redis, through HAProxy',
      rows: bare.map(({ row }) => row),
    },
  ]
}
