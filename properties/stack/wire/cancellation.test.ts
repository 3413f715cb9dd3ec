// Calls that nobody waits for any more stop: cancelled ones, and those whose client has gone. Here the streams say
// nothing by themselves, neither comments nor log messages, so that no write can find out that a client has gone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Stack, startStack } from '../../../fault/index.ts'
import { packageFile } from '../../../fault/process/bundle.ts'
import { describeWithTools } from '../../../fault/process/needs-tools.ts'
import { until } from '../../../fault/until.ts'
import { deadlineOf } from '../deadline.ts'
import { ROUTES } from '../routes.ts'
import { answerOf, cancelled, messagesOf, openSession, toolCall, type WireSession } from './session.ts'

const QUIET = { tier: 'process', timers: { keepAliveMs: 60_000 } } as const

/** A session whose calls send nothing but their answers. */
async function quietSession(url: URL): Promise<WireSession> {
  const session = await openSession(url)
  const level = { level: 'emergency' }
  await answerOf(await session.post({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: level }))
  return session
}

const analyze = (id: unknown, items: number) => toolCall('analyze_data', { num_items: items }, { id })

/** Resolves when no call with that id runs on the session. */
function stopped(session: WireSession, id: unknown): Promise<true> {
  const look = async () => {
    const { status } = await session.post(toolCall('get_counter', {}, { id }))
    return status === 200 ? (true as const) : undefined
  }
  return until(look, { limitMs: 5_000, missing: () => `the call with id ${id} still runs` })
}

describeWithTools('a call', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack({ ...QUIET, ttlMs: 2_000 })
  })
  beforeEach(() => stack.reset())
  afterAll(() => stack.close())

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.each([7, 0, 'seven', ''])(
      'with id %j has its headers at once, and its stream ends when it is cancelled',
      async (id) => {
        const session = await quietSession(urlOf(stack))
        const reply = await session.post(analyze(id, 1_000))
        expect([reply.status, reply.soFar]).toEqual([200, ''])
        expect((await session.post(cancelled(id))).status).toBe(202)
        expect(await messagesOf(reply)).toEqual([])
        await stopped(session, id)
      },
    )

    it('goes on when another one is cancelled', async () => {
      const session = await quietSession(urlOf(stack))
      const reply = await session.post(analyze(7, 1))
      for (const other of [8, '7', null]) expect((await session.post(cancelled(other))).status).toBeLessThan(500)
      expect(await answerOf(reply)).toMatchObject({ id: 7, result: { structuredContent: { items_processed: 1 } } })
    })

    it('whose client has gone stops, and its id is free', async () => {
      const session = await quietSession(urlOf(stack))
      const reply = await session.post(analyze(7, 1_000))
      expect((await session.post(toolCall('get_counter', {}, { id: 7 }))).status).toBe(400)
      reply.vanish()
      await stopped(session, 7)
    })

    it('of a batch whose client has gone stops with all of it', async () => {
      const session = await quietSession(urlOf(stack))
      const reply = await session.post([analyze(7, 1_000), analyze(8, 1_000)])
      reply.vanish()
      await stopped(session, 7)
      await stopped(session, 8)
    })

    it('of analyze_data whose client has gone stores no result', async () => {
      const session = await quietSession(urlOf(stack))
      const reply = await session.post(analyze(7, 3))
      reply.vanish()
      // As long again, begun later: when it has ended, the abandoned one would have ended too.
      const other = await quietSession(urlOf(stack))
      expect(await answerOf(await other.post(analyze(7, 3)))).toMatchObject({ result: {} })
      expect(await deadlineOf(stack, session.id)).toBe(-2)
      expect(await deadlineOf(stack, other.id)).toBeGreaterThan(0)
    })

    it('of watch_counter whose client has gone keeps its session alive no longer', async () => {
      const session = await quietSession(urlOf(stack))
      await session.tool('increment_counter')
      const reply = await session.post(toolCall('watch_counter', { duration_seconds: 30 }))
      reply.vanish()
      const look = async () => ((await deadlineOf(stack, session.id)) === -2 ? true : undefined)
      // A watch that goes on slides the deadline for 30 s.
      await until(look, { limitMs: 15_000, everyMs: 50, missing: () => 'the state does not expire' })
    })
  })
})

describeWithTools('without option abortonclose', () => {
  it('the balancer keeps a call running whose client has gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-wire-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const haproxyFile = join(folder, 'haproxy.cfg')
    writeFileSync(
      haproxyFile,
      readFileSync(packageFile('haproxy/haproxy.cfg'), 'utf8').replace(/^ *option abortonclose$/m, ''),
    )
    const stack = await startStack({ ...QUIET, ttlMs: 30_000, haproxyFile })
    onTestFinished(() => stack.close())
    const session = await quietSession(stack.endpoint)
    const reply = await session.post(analyze(7, 1))
    reply.vanish()
    const look = async () => ((await deadlineOf(stack, session.id)) > 0 ? true : undefined)
    await until(look, { limitMs: 15_000, missing: () => 'the result of the abandoned call is not stored' })
  })
})
