// Redis in its bad states behind the whole stack: each call is answered in time and says what is known, no new session
// is opened where none could be served, and a resilient client gets over it with nothing lost and nothing done twice.
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { type RedisNode, type Stack, scaledTimers } from '../../fault/index.ts'
import { counted, openCounting } from './counting.ts'
import { describeOnTiers } from './on-tiers.ts'
import { send } from './wire/request.ts'
import { answerOf, initialize, openSession, type WireSession } from './wire/session.ts'

/** The server's own deadline is 300 ms here; the rest is for a busy machine. */
const LIMIT_MS = 5_000

interface State {
  readonly state: string
  enter(redis: RedisNode): Promise<void>
  /** What is still served, of the tools below. */
  readonly served: readonly string[]
  readonly initialize: number
  readonly summary: 'served' | 'refused'
}

const GONE = { served: [], initialize: 503, summary: 'refused' } as const

const STATES: readonly State[] = [
  { state: 'paused', enter: (redis) => redis.pause(), ...GONE },
  { state: 'down', enter: (redis) => redis.stop(), ...GONE },
  {
    state: 'full',
    enter: (redis) => redis.fill(),
    served: ['get_counter', 'get_server_info'],
    initialize: 200,
    summary: 'served',
  },
  // Reading one's own state is a use of it, which moves its deadline, and so is a write.
  {
    state: 'read-only',
    enter: (redis) => redis.readOnly(),
    served: ['get_server_info'],
    initialize: 200,
    summary: 'refused',
  },
]

const error = { code: expect.stringMatching(/^store_(unavailable|unknown)$/), message: expect.any(String) }
const failure = z.object({ error: z.object({ code: z.string() }) })

/** How a tool is answered: `served`, or the code of its error; throws where it takes too long or says it otherwise. */
async function outcome(session: WireSession, tool: string): Promise<string> {
  const started = performance.now()
  const { isError, content, structuredContent } = await session.tool(tool)
  expect(performance.now() - started).toBeLessThan(LIMIT_MS)
  if (isError !== true) return 'served'
  expect(structuredContent).toEqual({ error, instance: expect.stringMatching(/^mcp-server-[123]$/) })
  expect(JSON.parse(content[0].text)).toEqual(structuredContent)
  return failure.parse(structuredContent).error.code
}

/** Whether the session may read its own summary. */
async function summary(session: WireSession): Promise<string> {
  const uri = `resource://session/${session.id}/summary`
  const reply = await session.post({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } })
  const answer = await answerOf(reply)
  if (answer.error === undefined) return 'served'
  expect(answer.error).toMatchObject({ code: -32603, data: { error, instance: expect.any(String) } })
  return 'refused'
}

async function health(stack: Stack): Promise<[number, unknown][]> {
  const replies = stack.backends.map(({ url }) => send(stack, new URL('/health', url), { method: 'GET' }))
  return Promise.all(
    (await Promise.all(replies)).map(async (reply): Promise<[number, unknown]> => [reply.status, await reply.json()]),
  )
}

const healthOf = (stack: Stack, status: 200 | 503) =>
  stack.backends.map(({ name: instance }) =>
    status === 200 ? [200, { status: 'ok', instance }] : [503, { status: 'degraded', instance, store: 'unreachable' }],
  )

describeOnTiers('while Redis', { ttlMs: 30_000, timers: scaledTimers(3_000) }, ({ it }) => {
  describe.each(STATES)('is $state', ({ state, enter, served, initialize: opened, summary: read }) => {
    it('calls are answered as errors that say what is known, in time, and work again afterwards', async (stack) => {
      const session = await openSession(stack)
      expect(await counted(session)).toBe(1)
      await enter(stack.redis)
      const answers: Record<string, string> = {}
      for (const tool of ['increment_counter', 'get_counter', 'get_server_info'])
        answers[tool] = await outcome(session, tool)
      // The update reads before it writes, and its reading was not served. A read that moves the deadline is a write.
      const unexecuted = 'store_unavailable'
      const sent = state === 'paused' ? expect.stringMatching(/^store_(unavailable|unknown)$/) : unexecuted
      const refused = { increment_counter: unexecuted, get_counter: sent, get_server_info: unexecuted }
      expect(answers).toEqual({ ...refused, ...Object.fromEntries(served.map((tool) => [tool, 'served'])) })
      expect(await summary(session)).toBe(read)
      await stack.heal()
      expect(await counted(session)).toBe(2)
      expect(stack.crashes).toEqual([])
    })

    it('health and new sessions tell whether a store is there', async (stack) => {
      await enter(stack.redis)
      expect(await health(stack)).toEqual(healthOf(stack, opened === 200 ? 200 : 503))
      const reply = await send(stack, stack.endpoint, { body: initialize() })
      expect(reply.status).toBe(opened)
      await stack.heal()
      expect(await health(stack)).toEqual(healthOf(stack, 200))
      expect(await counted(await openSession(stack))).toBe(1)
    })

    it('resilient clients wait, and count each call once', async (stack) => {
      const clients = await Promise.all([openCounting(stack), openCounting(stack), openCounting(stack)])
      for (const each of clients) expect(await each.count()).toBe(1)
      await enter(stack.redis)
      const hindered = Promise.all(clients.map((each) => each.hindered()))
      const counting = clients.map((each) => each.count())
      await hindered
      await stack.heal()
      expect(await Promise.all(counting)).toEqual([2, 2, 2])
      expect(await Promise.all(clients.map((each) => each.read()))).toEqual([2, 2, 2])
      expect(stack.crashes).toEqual([])
    })
  })
})
