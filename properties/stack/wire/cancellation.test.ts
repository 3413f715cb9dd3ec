// Calls that nobody waits for any more stop: cancelled ones, and those whose client has gone. Here the streams say
// nothing by themselves, neither comments nor log messages, so that no write can find out that a client has gone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import type { Stack } from '../../../fault/index.ts'
import { packageFile } from '../../../fault/process/bundle.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { until } from '../until.ts'
import { answerOf, cancelled, messagesOf, openSession, toolCall, type WireSession } from './session.ts'

const folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-wire-'))
afterAll(() => rmSync(folder, { recursive: true }))
const WITHOUT_ABORT = join(folder, 'haproxy.cfg')
const OURS = readFileSync(packageFile('haproxy/haproxy.cfg'), 'utf8')
writeFileSync(WITHOUT_ABORT, OURS.replace(/^ *option abortonclose$/m, ''))

const QUIET = { timers: { keepAliveMs: 60_000 } }

/** A session whose calls send nothing but their answers. */
async function quietSession(stack: Stack, url?: URL): Promise<WireSession> {
  const session = await openSession(stack, url)
  const level = { level: 'emergency' }
  await answerOf(await session.post({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: level }))
  return session
}

const analyze = (id: unknown, items: number) => toolCall('analyze_data', { num_items: items }, { id })

/** Resolves when no call with that id runs on the session. */
async function stopped(stack: Stack, session: WireSession, id: unknown): Promise<void> {
  const isFree = async () => (await session.post(toolCall('get_counter', {}, { id }))).status === 200
  await until(stack, isFree, { limitMs: 5_000, missing: () => `the call with id ${id} still runs` })
}

/** How many sessions have state: to ask for it is no use of any. */
async function liveSessions(session: WireSession): Promise<unknown> {
  return (await session.tool('get_server_info')).structuredContent?.['sessions']
}

describeOnTiers('a call', { ...QUIET, ttlMs: 2_000 }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.for([7, 0, 'seven', ''])(
      'with id %j has its headers at once, and its stream ends when it is cancelled',
      async (id, stack) => {
        const session = await quietSession(stack, urlOf(stack))
        const reply = await session.post(analyze(id, 1_000))
        expect([reply.status, reply.soFar]).toEqual([200, ''])
        expect((await session.post(cancelled(id))).status).toBe(202)
        expect(await messagesOf(reply)).toEqual([])
        await stopped(stack, session, id)
      },
    )

    it('goes on when another one is cancelled', async (stack) => {
      const session = await quietSession(stack, urlOf(stack))
      const reply = await session.post(analyze(7, 1))
      for (const other of [8, '7', null]) expect((await session.post(cancelled(other))).status).toBeLessThan(500)
      expect(await answerOf(reply)).toMatchObject({ id: 7, result: { structuredContent: { items_processed: 1 } } })
    })

    it('whose client has gone stops, and its id is free', async (stack) => {
      const session = await quietSession(stack, urlOf(stack))
      const reply = await session.post(analyze(7, 1_000))
      expect((await session.post(toolCall('get_counter', {}, { id: 7 }))).status).toBe(400)
      reply.vanish()
      await stopped(stack, session, 7)
    })

    it('of a batch whose client has gone stops with all of it', async (stack) => {
      const session = await quietSession(stack, urlOf(stack))
      const reply = await session.post([analyze(7, 1_000), analyze(8, 1_000)])
      reply.vanish()
      await stopped(stack, session, 7)
      await stopped(stack, session, 8)
    })

    it('of analyze_data whose client has gone stores no result', async (stack) => {
      const session = await quietSession(stack, urlOf(stack))
      const reply = await session.post(analyze(7, 3))
      reply.vanish()
      // As long again, begun later: when it has ended, the abandoned one would have ended too.
      const other = await quietSession(stack, urlOf(stack))
      expect(await answerOf(await other.post(analyze(7, 3)))).toMatchObject({ result: {} })
      // The other's own.
      expect(await liveSessions(other)).toBe(1)
    })

    it('of watch_counter whose client has gone keeps its session alive no longer', async (stack) => {
      const session = await quietSession(stack, urlOf(stack))
      const other = await quietSession(stack, urlOf(stack))
      await session.tool('increment_counter')
      const reply = await session.post(toolCall('watch_counter', { duration_seconds: 30 }))
      reply.vanish()
      expect(await liveSessions(other)).toBe(1)
      // A watch that goes on slides the deadline for 30 s.
      const hasExpired = async () => (await liveSessions(other)) === 0
      await until(stack, hasExpired, { limitMs: 15_000, everyMs: 50, missing: () => 'the state does not expire' })
    })
  })
})

describeOnTiers('without option abortonclose', { ...QUIET, ttlMs: 30_000, haproxyFile: WITHOUT_ABORT }, ({ it }) => {
  it('the balancer keeps a call running whose client has gone', async (stack) => {
    const [session, other] = [await quietSession(stack), await quietSession(stack)]
    const reply = await session.post(analyze(7, 1))
    reply.vanish()
    expect(await liveSessions(other)).toBe(0)
    const isStored = async () => (await liveSessions(other)) === 1
    await until(stack, isStored, { limitMs: 15_000, missing: () => 'the result of the abandoned call is not stored' })
  })
})
