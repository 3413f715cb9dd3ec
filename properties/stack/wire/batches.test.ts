// Batches, and ids that are in flight: the SDK alone would never answer the first of two calls with one id.
import { describe, expect } from 'vitest'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { answerOf, cancelled, messagesOf, openSession, ping, toolCall } from './session.ts'

const increment = (id: unknown) => toolCall('increment_counter', {}, { id })
const analyze = (id: unknown, items: number) => toolCall('analyze_data', { num_items: items }, { id })
const pings = (count: number) => Array.from({ length: count }, (_, at) => ping(at))

describeOnTiers('JSON-RPC ids', { ttlMs: 30_000 }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('in flight on the session are 400, and the first calls are answered', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const ids = [7, 0, 'seven', '']
      const first = await Promise.all(ids.map((id) => session.post(analyze(id, 5))))
      for (const again of ids.flatMap((id) => [increment(id), [increment('other'), increment(id)]])) {
        const refused = await session.post(again)
        expect(refused.status).toBe(400)
        expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 }, id: null })
      }
      for (const [at, reply] of first.entries()) {
        const result = { structuredContent: { items_processed: 5 } }
        expect(await answerOf(reply)).toMatchObject({ id: ids[at], result })
      }
      expect((await session.tool('get_counter')).structuredContent).toMatchObject({ counter: 0 })
      for (const id of ids) expect(await answerOf(await session.post(increment(id)))).toMatchObject({ id, result: {} })
    })

    it('in flight on one session are free on another', async (stack) => {
      const [one, other] = [await openSession(stack, urlOf(stack)), await openSession(stack, urlOf(stack))]
      const first = await one.post(analyze(7, 1))
      expect(await answerOf(await other.post(increment(7)))).toMatchObject({ id: 7 })
      expect(await answerOf(first)).toMatchObject({ id: 7, result: { structuredContent: { items_processed: 1 } } })
    })

    it('twice in a batch are 400, and nothing of it is done', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const refused = await session.post([increment(1), increment(2), increment(1)])
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 }, id: null })
      expect((await session.tool('get_counter')).structuredContent).toMatchObject({ counter: 0 })
    })

    it('that only look alike, 1 and "1", are two', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const answers = await messagesOf(await session.post([increment(1), increment('1')]))
      expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([1, '1']))
    })

    it('of a batch of 100 are all answered on one stream; 101 are 400', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const answers = await messagesOf(await session.post(pings(100)))
      expect(new Set(answers.map(({ id }) => id))).toEqual(new Set(pings(100).map(({ id }) => id)))
      expect(answers).toHaveLength(100)
      const refused = await session.post(pings(101))
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', error: {}, id: null })
    })

    it('of a batch with notifications and requests mixed are answered, the notifications not', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const mixed = [{ jsonrpc: '2.0', method: 'notifications/initialized' }, increment(1), increment(2)]
      const answers = await messagesOf(await session.post(mixed))
      expect(answers.map(({ id }) => id).sort()).toEqual([1, 2])
      expect((await session.tool('get_counter')).structuredContent).toMatchObject({ counter: 2 })
    })

    it('of a batch go on when one of them is cancelled, and its stream ends with the last', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const reply = await session.post([analyze(1, 1_000), analyze(2, 1)])
      expect((await session.post(cancelled(1))).status).toBe(202)
      const answers = (await messagesOf(reply)).filter(({ id }) => id !== undefined)
      expect(answers).toMatchObject([{ id: 2, result: { structuredContent: { items_processed: 1 } } }])
      const again = await messagesOf(await session.post([increment(1), increment(2)]))
      expect(again.map(({ id }) => id).sort()).toEqual([1, 2])
    })

    it('of a batch that is refused are free again', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const headers = { 'mcp-protocol-version': 'no version' }
      expect((await session.post([increment(1), increment(2)], headers)).status).toBe(400)
      expect((await session.post([...pings(101), increment('last')])).status).toBe(400)
      const answers = await messagesOf(await session.post([increment(1), increment('last')]))
      expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([1, 'last']))
    })

    it('of a batch of one are answered as any', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect(await answerOf(await session.post([increment(1)]))).toMatchObject({ id: 1, result: {} })
    })

    it('of no call at all, in an empty batch, end in no 5xx', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      expect((await session.post([])).status).toBeLessThan(500)
      expect((await session.post(ping())).status).toBe(200)
    })
  })
})
