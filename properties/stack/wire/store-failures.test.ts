// What an instance answers while Redis is silent or gone: in its own words, in time, and never as a 5xx to a call.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeWithTools } from '../../../fault/process/needs-tools.ts'
import type { ProcessStack } from '../../../fault/process/process-stack.ts'
import { startProcessStack } from '../../../fault/process/start.ts'
import type { ProxiedLink } from '../../../fault/toxiproxy.ts'
import { untilAllAreDown } from '../balancer-view.ts'
import { ROUTES } from '../routes.ts'
import { send } from './request.ts'
import { answerOf, openSession } from './session.ts'

/** The server's own deadline for a store operation is 2 s; the rest is for a busy machine. */
const LIMIT_MS = 5_000

const WAYS = [
  { store: 'silent', fail: (link: ProxiedLink) => link.cut(), heal: (link: ProxiedLink) => link.heal() },
  { store: 'gone', fail: (link: ProxiedLink) => link.refuse(), heal: (link: ProxiedLink) => link.accept() },
] as const

describeWithTools('an instance', () => {
  let stack: ProcessStack

  beforeAll(async () => {
    stack = await startProcessStack({ ttlMs: 30_000, timers: { checkMs: 500 } })
  })
  beforeEach(() => stack.reset())
  afterAll(() => stack.close())

  const eachLink = async (change: (link: ProxiedLink) => Promise<void>) => {
    const links = [...stack.links].filter(([name]) => name.startsWith('redis:')).map(([, link]) => link)
    expect(links).toHaveLength(3)
    await Promise.all(links.map(change))
  }

  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.each(WAYS)('whose store is $store says so on /health, and again when it is back', async ({ fail, heal }) => {
      const health = async () => {
        const reply = await send(new URL('/health', urlOf(stack)), { method: 'GET' })
        return { status: reply.status, body: await reply.json() }
      }
      const instance = expect.stringMatching(/^mcp-server-[123]$/)
      expect(await health()).toEqual({ status: 200, body: { status: 'ok', instance } })
      await eachLink(fail)
      await untilAllAreDown(stack)
      expect(await health()).toEqual({ status: 503, body: { status: 'degraded', instance, store: 'unreachable' } })
      await eachLink(heal)
      await stack.heal()
      expect(await health()).toEqual({ status: 200, body: { status: 'ok', instance } })
    })

    it.each(WAYS)(
      'whose store is $store answers calls by errors that say what is known, in time',
      async ({ fail, heal }) => {
        const session = await openSession(urlOf(stack))
        const counted = await session.tool('increment_counter')
        const instance = counted.structuredContent?.instance
        await eachLink(fail)
        await untilAllAreDown(stack)
        for (const tool of ['increment_counter', 'get_counter', 'get_status']) {
          const started = performance.now()
          const { isError, content, structuredContent } = await session.tool(tool)
          expect(performance.now() - started).toBeLessThan(LIMIT_MS)
          const error = { code: expect.stringMatching(/^store_(unavailable|unknown)$/), message: expect.any(String) }
          expect({ isError, structuredContent }).toEqual({ isError: true, structuredContent: { error, instance } })
          expect(JSON.parse(content[0].text)).toEqual(structuredContent)
        }
        const uri = `resource://session/${session.id}/summary`
        const read = await session.post({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } })
        expect(read.status).toBe(200)
        const code = expect.stringMatching(/^store_(unavailable|unknown)$/)
        expect((await answerOf(read)).error).toMatchObject({ code: -32603, data: { error: { code }, instance } })
        await eachLink(heal)
        await stack.heal()
        const { structuredContent } = await session.tool('increment_counter')
        // The one increment whose outcome was not known may have been done.
        expect(structuredContent).toMatchObject({ counter: expect.toBeOneOf([2, 3]) })
      },
    )
  })
})
