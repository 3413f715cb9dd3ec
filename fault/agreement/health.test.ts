// While no instance is well: what they say themselves, a bare 503 in its place, and a check that makes them ill.
import { describe, expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { becomes, eventually, instanceOf, stateOf } from './events.ts'
import { DEGRADED, SLOWLY_UP } from './lines.ts'
import { open, reached, type Session, tryToOpen } from './session.ts'

const ways = ({ links }: Stack) => [...links.values()].filter(({ name }) => name.startsWith('redis:'))

async function loseRedis(stack: Stack): Promise<void> {
  await Promise.all(ways(stack).map((link) => link.cut()))
  await Promise.all(stack.backends.map(({ name }) => becomes(stack, name, 'down')))
}

/** Redis is back for an instance when that says so itself. */
async function findRedis(stack: Stack, session: Session): Promise<void> {
  await Promise.all(ways(stack).map((link) => link.heal()))
  const { backend } = instanceOf(stack, session.instance)
  const works = async () => {
    const answer = await session.call('get_counter', {}, backend.url)
    return typeof answer === 'object' && answer.said['counter'] === 1
  }
  await eventually(stack, 'Redis is back', works)
}

/** What a session and a new client are told while all instances have lost Redis, as soon as it is back, and later. */
async function tellsWithoutRedis(stack: Stack) {
  const session = await open(stack)
  await session.call('increment_counter')
  await loseRedis(stack)
  const without = [await session.call('increment_counter'), await tryToOpen(stack)]
  await findRedis(stack, session)
  const atOnce = await session.call('get_counter')
  const whileItIs = await stateOf(stack, session.instance)
  await becomes(stack, session.instance, 'up')
  return { without, atOnce, whileItIs, later: await session.call('get_counter') }
}

const SERVED = { by: 'its own', said: { counter: 1 } }

describeWithTools('our own file, when all instances have lost Redis', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(SLOWLY_UP) })

  it("tells the server's own errors, and works at once when Redis is back, before any check", async () => {
    expect(await agreed(tellsWithoutRedis)).toEqual({
      without: [{ by: 'its own', said: { error: { code: 'store_unavailable' } } }, 'status 503 by an instance'],
      atOnce: SERVED,
      whileItIs: 'down',
      later: SERVED,
    })
  })

  it('serves nine sessions where they are', async () => {
    const seen = await agreed(async (stack) => {
      const sessions: Session[] = []
      while (sessions.length < 9) sessions.push(await open(stack))
      await loseRedis(stack)
      const instances: string[] = []
      for (const { id } of sessions.toReversed()) instances.unshift(await reached(stack, id))
      return sessions.filter(({ instance }, at) => instance === instances[at]).length
    })
    expect(seen).toBe(9)
  })
})

describeWithTools('the obvious file, when all instances have lost Redis', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant({ ...SLOWLY_UP, [DEGRADED]: '# no degraded backend' }) })

  it('answers a bare 503, and goes on with that until the checks have passed', async () => {
    expect(await agreed(tellsWithoutRedis)).toEqual({
      without: ['status 503 by the balancer', 'status 503 by the balancer'],
      atOnce: 'status 503 by the balancer',
      whileItIs: 'down',
      later: SERVED,
    })
  })
})

/** Beside the backend of our own file, in which alone the stack sees its instances, another one that clients are sent to. */
const sentTo = (check: string) => ({
  [DEGRADED]: '# no degraded backend',
  'default_backend mcp_servers': `default_backend obvious

backend obvious
    ${check}
    server mcp-server-1 "\${SERVER_1_ADDRESS}" check inter 100ms`,
})

describe.each([
  ['option httpchk GET /health', 'has no Host header', 'status 503 by the balancer'],
  ['option httpchk\n    http-check send meth GET uri /health ver HTTP/1.1', 'has none', 'status 503 by the balancer'],
  ['option httpchk\n    http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost', 'has one', 'a session'],
])('an instance whose check is `%s`', (check, what, expected) => {
  describeWithTools(`which ${what}`, () => {
    const agreed = onBothTiers({ haproxyFile: haproxyVariant(sentTo(check)) })

    it(`gives a client ${expected}`, async () => {
      const seen = await agreed(async (stack) => {
        // Until its first checks an instance counts as well.
        await stack.clock.sleep(300)
        const opened = await tryToOpen(stack)
        return typeof opened === 'string' ? opened : 'a session'
      })
      expect(seen).toBe(expected)
    })
  })
})
