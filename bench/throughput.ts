// Calls a second of increment_counter through HAProxy and Redis, three instances, Toxiproxy out of the path, all of it
// and the load generator on one machine. A server that does nothing but answer the same bytes is measured in the same
// run: machines differ, and the ratio tells what this stack costs.
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { ResilientClient } from '../client/index.ts'
import { type ProcessStackOptions, type Stack, startStack } from '../fault/index.ts'
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
  const transport: unknown = new StreamableHTTPClientTransport(endpoint)
  if (!isTransport(transport)) throw new Error('the SDK has no transport')
  await client.connect(transport)
  return { increment: () => counterOf(client.callTool({ name: 'increment_counter' })), close: () => client.close() }
}

const openResilient: Open = async ({ endpoint }) => {
  const client = new ResilientClient(endpoint, { clientInfo: { name: 'load-generator', version: '0' } })
  await client.connect()
  return { increment: () => counterOf(client.callTool({ name: 'increment_counter' })), close: () => client.close() }
}

// Its declared type does not fit the SDK's own interface where optional properties are exact.
function isTransport(value: unknown): value is Transport {
  return value instanceof StreamableHTTPClientTransport
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

async function rowsOf(stack: Stack, client: string, open: Open): Promise<Table['rows']> {
  const rows = []
  for (const sessions of SESSIONS) {
    const callers = await Promise.all(Array.from({ length: sessions }, () => open(stack)))
    const warm = await load(callers, WARM_MS)
    const { latencies, seconds } = await load(callers, MEASURED_MS)
    const calls = warm.latencies.length + latencies.length
    await assertCounted(callers, calls)
    rows.push({
      client,
      sessions,
      'calls/s': rounded(latencies.length / seconds),
      'p50 ms': rounded(quantile(latencies, 0.5), 2),
      'p99 ms': rounded(quantile(latencies, 0.99), 2),
    })
    await Promise.all(callers.map((caller) => caller.close()))
  }
  return rows
}

/** Each increment of each session was executed once: speed without that is no result. */
async function assertCounted(callers: readonly Caller[], calls: number): Promise<void> {
  const counters = await Promise.all(callers.map(({ increment }) => increment()))
  const counted = counters.reduce((sum, counter) => sum + counter - 1, 0)
  if (counted !== calls) throw new Error(`${calls} calls were acknowledged, ${counted} were counted`)
}

const DIRECT: ProcessStackOptions = { ttlMs: 1_800_000, links: 'direct' }
const BARE = fileURLToPath(new URL('./bare-server.mjs', import.meta.url))

async function measured(
  options: ProcessStackOptions,
  clients: readonly (readonly [string, Open])[],
): Promise<Table['rows']> {
  const stack = await startStack({ tier: 'process', ...DIRECT, ...options })
  try {
    const rows = []
    for (const [name, open] of clients) rows.push(...(await rowsOf(stack, name, open)))
    return rows
  } finally {
    await stack.close()
  }
}

export async function benchThroughput(): Promise<Table[]> {
  const bare = await measured({ backend: { args: [BARE] } }, [['plain HTTP', openRaw]])
  const own = await measured({}, [
    ['plain HTTP', openRaw],
    ["the SDK's client", openSdk],
    ['ResilientClient', openResilient],
  ])
  return [
    { title: 'increment_counter through HAProxy and Redis, three instances', rows: own },
    { title: 'The same requests to node:http servers that know no MCP and no Redis, through HAProxy', rows: bare },
  ]
}
