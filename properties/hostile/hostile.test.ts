// Whatever is sent to the running stack: it answers, never with a 5xx, nothing crashes, no state changes but that of
// valid calls on their own session, and the next good call is served.
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { ROUTES } from '../stack/routes.ts'
import { call, open, stateOf } from './caller.ts'
import { stateAfter } from './effect.ts'
import { assertAnswered, exchange } from './exchange.ts'
import type { HostileRequest } from './request.ts'
import { hostileRequests } from './requests.ts'

const RUNS = 120
const TEST_MS = 300_000

describeWithTools('hostile requests', () => {
  let stack: Stack
  let redis: Redis

  beforeAll(async () => {
    stack = await startStack({ tier: 'process', links: 'direct', ttlMs: 1_800_000 })
    redis = new Redis(stack.redis.url)
  })
  afterAll(async () => {
    redis?.disconnect()
    await stack?.close()
  })

  async function send(url: URL, sessionId: string, { bytes, answer }: HostileRequest): Promise<void> {
    assertAnswered(await exchange(url, bytes(sessionId), answer), answer)
  }

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('are answered, and change nothing but what valid calls among them change', { timeout: TEST_MS }, async () => {
      const url = urlOf(stack)
      const requests = fc.array(hostileRequests, { minLength: 1, maxLength: 25 })
      const property = fc.asyncProperty(requests, async (sent) => {
        await redis.flushall()
        const [witness, session] = [await open(url), await open(url)]
        await call(url, witness, 'increment_counter')
        await call(url, witness, 'add_note', { note: 'of the witness' })
        for (const request of sent) await send(url, session, request)
        const state = stateAfter(sent.flatMap(({ effects }) => effects))
        expect(await stateOf(url, session)).toEqual(state)
        expect(await stateOf(url, witness)).toEqual({ counter: 1, notes: ['of the witness'] })
        const live = state.counter > 0 || state.notes.length > 0 ? [session, witness] : [witness]
        expect(await call(url, witness, 'get_status')).toMatchObject({ active_sessions: live.length })
        const keys = ['mcp:deadlines', ...live.map((id) => `mcp:session:${id}`)]
        expect((await redis.keys('*')).sort()).toEqual(keys.sort())
        expect(stack.crashes).toEqual([])
      })
      await fc.assert(property, { numRuns: RUNS })
    })
  })
})
