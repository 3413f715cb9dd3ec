// What is on a stream besides answers: comments that say the instance lives, notifications, and nothing else.
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { answerOf, messagesOf, openSession, toolCall } from './session.ts'

const KEEP_ALIVE_MS = 100

const logShape = z.object({ level: z.string(), data: z.strictObject({ msg: z.string() }) })
const isLog = ({ method }: { readonly method?: string | undefined }) => method === 'notifications/message'

describeOnTiers('a stream', { ttlMs: 30_000, timers: { keepAliveMs: KEEP_ALIVE_MS } }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('that answers a call without notifications holds its answer and nothing else', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const reply = await session.post(toolCall('get_counter', {}, { id: 'only' }))
      expect(reply.headers['content-type']).toBe('text/event-stream')
      const [first = '', ...rest] = (await reply.text()).split('\n').filter((line) => line.startsWith('data:'))
      expect(JSON.parse(first.slice('data:'.length))).toMatchObject({ id: 'only', result: {} })
      expect(rest).toEqual([])
    })

    it('of a running call carries comments between what it tells, and its answer last', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const reply = await session.post(toolCall('watch_counter', { duration_seconds: 1 }, { id: 'watch' }))
      await reply.heard(/Watching counter for 1s[\s\S]*\n: [\s\S]*\n: /)
      expect(reply.soFar).not.toContain('"result"')
      const messages = await messagesOf(reply)
      expect(messages.map(({ id, method }) => id ?? method)).toEqual([
        'notifications/message',
        'notifications/message',
        'watch',
      ])
    })

    it('by GET carries comments, and no notification of any call', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const stream = await session.send({ method: 'GET' })
      expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream'])
      await session.tool('watch_counter', { duration_seconds: 0 })
      await stream.heard(/(: .*\n+){3}/)
      expect(stream.soFar.split('\n').filter((line) => line !== '' && !line.startsWith(':'))).toEqual([])
    })

    it('carries log messages of every level until one is set, then of that level and above', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const levels = async () => {
        const messages = await messagesOf(await session.post(toolCall('analyze_data', { num_items: 0 })))
        return messages.filter(isLog).map(({ params }) => logShape.parse(params).level)
      }
      const setLevel = async (level: string) => {
        const request = { jsonrpc: '2.0', id: 'set', method: 'logging/setLevel', params: { level } }
        expect(await answerOf(await session.post(request))).toMatchObject({ result: {} })
      }
      expect(await levels()).toEqual(['info', 'debug', 'info', 'info'])
      await setLevel('info')
      expect(await levels()).toEqual(['info', 'info', 'info'])
      await setLevel('notice')
      expect(await levels()).toEqual([])
      await setLevel('debug')
      expect(await levels()).toEqual(['info', 'debug', 'info', 'info'])
    })

    it('carries progress only where the call gave a token, which it names', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const progress = async (meta: object) => {
        const messages = await messagesOf(
          await session.post(toolCall('watch_counter', { duration_seconds: 0 }, { meta })),
        )
        return messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params)
      }
      const told = { progress: 0, total: 0, message: 'Watching...' }
      expect(await progress({})).toEqual([])
      expect(await progress({ progressToken: 'mine' })).toEqual([{ progressToken: 'mine', ...told }])
      expect(await progress({ progressToken: 0 })).toEqual([{ progressToken: 0, ...told }])
    })
  })
})
