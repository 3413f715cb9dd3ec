// When a protocol session ends by itself: its time to live after its last use, and an open stream alone is no use.
import { describe, expect } from 'vitest'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { openSession, ping, toolCall } from './session.ts'

describeOnTiers('an idle session', { ttlMs: 3_000 }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it('is dropped after its time to live, and its stream is closed', async (stack) => {
      const [silent, listening] = [await openSession(stack, urlOf(stack)), await openSession(stack, urlOf(stack))]
      const stream = await listening.send({ method: 'GET' })
      expect(stream.status).toBe(200)
      // The end of the later session's stream tells that the time of both is over.
      await stream.text()
      for (const session of [silent, listening]) {
        const reply = await session.post(ping())
        expect(reply.status).toBe(404)
        expect(await reply.json()).toMatchObject({ error: { code: -32001 } })
      }
    })

    it('is none while a call runs, however long, nor until its time to live after it', async (stack) => {
      const session = await openSession(stack, urlOf(stack))
      const stream = await session.send({ method: 'GET' })
      const watch = await session.post(toolCall('watch_counter', { duration_seconds: 4 }))
      expect(await watch.text()).toContain('"total_changes":0')
      expect((await session.post(ping())).status).toBe(200)
      await stream.text()
      expect((await session.post(ping())).status).toBe(404)
    })
  })
})
