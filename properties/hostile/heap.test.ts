// What hostile requests leave behind in the process that answered them: nothing.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import getPort from 'get-port'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { until } from '../../fault/until.ts'
import { describeWithRedis } from '../../server/store/test-redis.ts'
import { open } from './caller.ts'
import { assertAnswered, Line } from './exchange.ts'
import { hostileRequests } from './requests.ts'

const WARMING = 10_000
const ALL = 100_000
const CLIENTS = 8
/** Requests on one session, then its client opens another and abandons it. */
const SESSION_REQUESTS = 125
/** So short that the sessions which hostile initializes open end soon after the last of them. */
const TTL_MS = 1_500
const TEST_MS = 900_000

const SERVER = fileURLToPath(new URL('../../server/main.ts', import.meta.url))
const REPORTER = fileURLToPath(new URL('./heap-reporter.ts', import.meta.url))

describeWithRedis('the heap of an instance', (redis) => {
  let server: ChildProcess
  let url: URL

  beforeEach(async () => {
    const port = await getPort()
    url = new URL(`http://127.0.0.1:${port}/mcp`)
    server = fork(SERVER, {
      env: {
        ...process.env,
        PORT: `${port}`,
        REDIS_URL: redis().url,
        SESSION_TTL: `${TTL_MS / 1_000}`,
        LOG_LEVEL: 'warn',
      },
      execArgv: ['--expose-gc', '--import', 'tsx', '--import', REPORTER],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const answers = () => fetch(new URL('/health', url)).then(({ status }) => (status === 200 ? true : undefined))
    const missing = () => 'the server does not start'
    await until(() => answers().catch(() => undefined), { limitMs: 30_000, everyMs: 50, missing })
  })
  afterEach(() => void server.kill('SIGKILL'))

  async function heap(): Promise<number> {
    server.send('measure')
    const [told]: unknown[] = await once(server, 'message')
    return z.object({ heap: z.number() }).parse(told).heap
  }

  /** The heap once it has stopped falling for longer than a session lives without use. */
  async function settledHeap(): Promise<number> {
    let before = Number.POSITIVE_INFINITY
    const look = async () => {
      const now = await heap()
      const settled = now > before * 0.995 ? now : undefined
      before = now
      return settled
    }
    return until(look, { limitMs: 60_000, everyMs: 2 * TTL_MS, missing: () => 'the heap goes on falling' })
  }

  async function client(firstSeed: number, count: number): Promise<void> {
    const line = new Line(url)
    for (let sent = 0; sent < count; sent += SESSION_REQUESTS) {
      const session = await open(url)
      const numRuns = Math.min(SESSION_REQUESTS, count - sent)
      for (const { bytes, answer } of fc.sample(hostileRequests, { seed: firstSeed + sent, numRuns })) {
        const came = await line.exchange(bytes(session), answer)
        assertAnswered(came, answer)
      }
    }
    line.close()
  }

  /** No two requests are drawn from the same seed, so that what is kept for each new one cannot hide. */
  const send = (firstSeed: number, count: number) =>
    Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(firstSeed + at * count, count / CLIENTS)))

  it(`is the same after ${ALL} hostile requests as after the first ${WARMING}`, { timeout: TEST_MS }, async () => {
    await send(0, WARMING)
    const warm = await settledHeap()
    await send(CLIENTS * WARMING, ALL - WARMING)
    const end = await settledHeap()
    expect(end).toBeLessThan(warm * 1.1)
  })
})
