// What `on-error` makes of a dead instance, and of one that answers a few errors, where a server that is marked down has
// its sessions shut down.
import { describe, expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { instanceOf, newConnection, stateOf } from './events.ts'
import { CHECKED_AFTERWARDS, OBSERVE, RETRY_ON } from './lines.ts'
import { type Answer, open, reached, type Session } from './session.ts'

/** More than any directive here needs to take an instance out. */
const CALLS = 7
const FIRST = 'mcp-server-1'

/** At the first instance, which is checked at once: until then one goes down by the first point that it loses. */
async function sessionsAtFirst(stack: Stack, count: number): Promise<Session[]> {
  const found: Session[] = []
  while (found.length < count) {
    const session = await open(stack)
    if (session.instance === FIRST) found.push(session)
  }
  return found
}

/** Which of the calls after a kill found no other instance, and what they were answered. */
async function lostAfterKill(stack: Stack) {
  const sessions = await sessionsAtFirst(stack, CALLS)
  const { backend } = instanceOf(stack, FIRST)
  await backend.kill()
  const answers: Answer[] = []
  for (const session of sessions) answers.push(await session.call('increment_counter'))
  const lost = [...answers.entries()].filter(([, answer]) => answer !== 'status 404 by an instance')
  const state = await stateOf(stack, FIRST)
  return { lost: lost.map(([at, answer]) => `call ${at + 1}: ${JSON.stringify(answer)}`), state }
}

/** One client draws so many errors from an instance on which another client has a call. */
const errors = (count: number) => async (stack: Stack) => {
  const [drawing, running] = await sessionsAtFirst(stack, 2)
  if (drawing === undefined || running === undefined) throw new Error('no sessions')
  const { answer } = await running.begin('analyze_data', { num_items: 3 })
  await stack.redis.stop()
  for (let n = 0; n < count; n++) await reached(stack, drawing.id)
  const state = await stateOf(stack, FIRST)
  await stack.redis.start()
  return { state, running: await answer }
}

describeWithTools('with `error-limit 2 on-error fastinter`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(CHECKED_AFTERWARDS) })

  it('a dead instance costs no session a call, and its calls alone do not mark it down', async () => {
    expect(await agreed(lostAfterKill)).toEqual({ lost: [], state: 'up' })
  })

  it('six answers of 503 leave an instance up', async () => {
    const seen = await agreed(errors(6))
    expect(seen).toEqual({ state: 'up', running: { by: 'its own', said: { items_processed: 3, total_score: 9 } } })
  })
})

describe.each([
  ['error-limit 2 on-error mark-down', 2],
  ['error-limit 2 on-error sudden-death', 4],
  ['error-limit 2 on-error fail-check', 6],
  ['error-limit 1 on-error mark-down', 1],
])('with `%s`', (directives, fatal) => {
  describeWithTools('a dead instance', () => {
    const observe = OBSERVE.replace('error-limit 2 on-error fastinter', directives)
    const agreed = onBothTiers({ haproxyFile: haproxyVariant({ ...CHECKED_AFTERWARDS, [OBSERVE]: observe }) })

    it(`costs the call whose refusal is error number ${fatal}: it is cut before it is sent elsewhere`, async () => {
      expect(await agreed(lostAfterKill)).toEqual({ lost: [`call ${fatal}: "closed"`], state: 'down' })
    })

    if (fatal !== 2) return
    it('is also one that answers 503 to one client twice: it is taken from everyone', async () => {
      expect(await agreed(errors(2))).toEqual({ state: 'down', running: 'closed' })
    })
  })
})

describeWithTools('with `error-limit 1 on-error mark-down` and `all-retryable-errors`', () => {
  const observe = OBSERVE.replace('error-limit 2 on-error fastinter', 'error-limit 1 on-error mark-down')
  const edits = { ...CHECKED_AFTERWARDS, [OBSERVE]: observe, [RETRY_ON]: 'retry-on all-retryable-errors' }
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(edits) })

  it('an instance whose answer was lost stays up: what is sent again is no error', async () => {
    const seen = await agreed(async (stack) => {
      const [session] = await sessionsAtFirst(stack, 1)
      await newConnection(stack)
      await instanceOf(stack, FIRST).fromBalancer.dropReplies({ closeAfterMs: 60 })
      return { answer: await session?.call('get_counter'), state: await stateOf(stack, FIRST) }
    })
    expect(seen).toEqual({ answer: 'status 404 by an instance', state: 'up' })
  })

  it('of four answers of 503 only the last, which is passed on, is an error', async () => {
    const seen = await agreed(async (stack) => {
      // The first checks of all instances are spread over a second, and none may find them without Redis.
      await stack.clock.sleep(1_000)
      const session = await open(stack)
      await stack.redis.stop()
      const last = await reached(stack, session.id)
      const states = [...(await stack.balancer.states())].map(([name, { status }]) => [name === last, status])
      await stack.redis.start()
      return states.toSorted()
    })
    expect(seen).toEqual([
      [false, 'up'],
      [false, 'up'],
      [true, 'down'],
    ])
  })
})
