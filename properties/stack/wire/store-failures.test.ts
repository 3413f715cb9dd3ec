// What an instance answers while Redis is silent or gone: in its own words, in time, and never as a 5xx to a call.
import { describe, expect } from 'vitest'
import type { Link, Stack } from '../../../fault/index.ts'
import { untilAllAreDown } from '../balancer-view.ts'
import { describeOnTiers } from '../on-tiers.ts'
import { ROUTES } from '../routes.ts'
import { send } from './request.ts'
import { answerOf, openSession } from './session.ts'

/** The server's own deadline for a store operation is 2 s; the rest is for a busy machine. */
const LIMIT_MS = 5_000

/** What no user of a stack can ask for, and both tiers have: to refuse connections as a host without a listener does. */
interface Refusing {
  refuse(): unknown
  accept(): unknown
}
const isRefusing = (link: object): link is Refusing => 'refuse' in link && 'accept' in link

function refusing(link: Link): Refusing {
  if (!isRefusing(link)) throw new Error(`the link ${link.name} cannot refuse`)
  return link
}

const WAYS = [
  { store: 'silent', fail: (link: Link) => link.cut(), heal: (link: Link) => link.heal() },
  { store: 'gone', fail: (link: Link) => refusing(link).refuse(), heal: (link: Link) => refusing(link).accept() },
] as const

async function eachLink(stack: Stack, change: (link: Link) => unknown): Promise<void> {
  const links = [...stack.links].filter(([name]) => name.startsWith('redis:')).map(([, link]) => link)
  expect(links).toHaveLength(3)
  await Promise.all(links.map(change))
}

describeOnTiers('an instance', { ttlMs: 30_000, timers: { checkMs: 500 } }, ({ it }) => {
  describe.each(ROUTES)('$route', ({ urlOf }) => {
    it.for(WAYS)(
      'whose store is $store says so on /health, and again when it is back',
      async ({ fail, heal }, stack) => {
        const health = async () => {
          const reply = await send(stack, new URL('/health', urlOf(stack)), { method: 'GET' })
          return { status: reply.status, body: await reply.json() }
        }
        const instance = expect.stringMatching(/^mcp-server-[123]$/)
        expect(await health()).toEqual({ status: 200, body: { status: 'ok', instance } })
        await eachLink(stack, fail)
        await untilAllAreDown(stack)
        expect(await health()).toEqual({ status: 503, body: { status: 'degraded', instance, store: 'unreachable' } })
        await eachLink(stack, heal)
        await stack.heal()
        expect(await health()).toEqual({ status: 200, body: { status: 'ok', instance } })
      },
    )

    it.for(WAYS)(
      'whose store is $store answers calls by errors that say what is known, in time',
      async ({ fail, heal }, stack) => {
        const session = await openSession(stack, urlOf(stack))
        const counted = await session.tool('increment_counter')
        const instance = counted.structuredContent?.instance
        await eachLink(stack, fail)
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
        await eachLink(stack, heal)
        await stack.heal()
        const { structuredContent } = await session.tool('increment_counter')
        // The one increment whose outcome was not known may have been done.
        expect(structuredContent).toMatchObject({ counter: expect.toBeOneOf([2, 3]) })
      },
    )
  })
})
