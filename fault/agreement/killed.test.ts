// What a kill does to the sessions and calls of an instance, and a restart of the balancer to everyone's.
import { expect, it } from 'vitest'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { magnitude } from './duration.ts'
import { becomes, instanceOf, newConnection, nextWrite, timed } from './events.ts'
import { open, reached, type Session } from './session.ts'

const SESSION_CALLS = 9

/** Where so many requests of a session go, one after the other. */
async function reachedIn(stack: Stack, { id }: Session, count: number): Promise<Set<string>> {
  const instances = new Set<string>()
  for (let n = 0; n < count; n++) instances.add(await reached(stack, id))
  return instances
}

/** An increment that was executed when its instance was killed, and of whose answer nothing had come. */
const killedBeforeHeaders = (onConnection: 'first' | 'later') => async (stack: Stack) => {
  const session = await open(stack)
  const { backend, fromBalancer } = instanceOf(stack, session.instance)
  if (onConnection === 'first') await newConnection(stack)
  await fromBalancer.holdReplies()
  const { written } = await nextWrite(stack)
  const call = session.call('increment_counter')
  await written
  await backend.kill()
  const answer = await call
  const next = await open(stack)
  const resumed = await next.call('resume_session', { old_session_id: session.id })
  return { answer, resumed, executed: await next.call('get_counter') }
}

describeWithTools('with our own file', () => {
  // A busy machine must not make a well instance late.
  const agreed = onBothTiers({ timers: { checkTimeoutMs: 1_000 } })

  it('nine requests of each of two sessions reach the instance that holds it', async () => {
    const seen = await agreed(async (stack) => {
      const sessions = [await open(stack), await open(stack)]
      const own = sessions.map(({ instance }) => new Set([instance]))
      const instances: Set<string>[] = []
      for (const session of sessions) instances.push(await reachedIn(stack, session, SESSION_CALLS))
      expect(instances).toEqual(own)
      return sessions[0]?.instance === sessions[1]?.instance ? 'one instance' : 'two instances'
    })
    expect(seen).toBe('two instances')
  })

  it('after a kill a new session is opened elsewhere in milliseconds, the instance is down, and up after its restart', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { backend } = instanceOf(stack, session.instance)
      await backend.kill()
      const [lost, lostMs] = await timed(stack, () => session.call('increment_counter'))
      const [next, openMs] = await timed(stack, () => open(stack))
      const isDown = await becomes(stack, backend.name, 'down')
      await backend.start()
      const isUp = await becomes(stack, backend.name, 'up')
      return {
        lost,
        answered: magnitude(lostMs),
        next: next.instance === backend.name ? 'there' : 'elsewhere',
        opened: magnitude(openMs),
        foundWithinSeconds: [isDown < 3_000, isUp < 3_000],
      }
    })
    expect(seen).toEqual({
      lost: 'status 404 by an instance',
      answered: 'in milliseconds',
      next: 'elsewhere',
      opened: 'in milliseconds',
      foundWithinSeconds: [true, true],
    })
  })

  it.each([
    ['first', 'answered 502', 'status 502 by the balancer'],
    ['later', 'closed', 'closed'],
  ] as const)('a call that is the %s on its connection is %s by a kill before its headers', async (at, _, answer) => {
    const seen = await agreed(killedBeforeHeaders(at))
    const [resumed, executed] = [{ status: 'resumed', keys_copied: 1 }, { counter: 1 }]
    expect(seen).toMatchObject({ answer, resumed: { said: resumed }, executed: { said: executed } })
  })

  it('a call is closed by a kill after its headers', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      await newConnection(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 3 })
      await instanceOf(stack, session.instance).backend.kill()
      return answer
    })
    expect(seen).toBe('closed')
  })

  it('a restart of the balancer cuts a running call and forgets where its session is', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 3 })
      const before = await reachedIn(stack, session, 3)
      await stack.balancer.restart()
      return { running: await answer, before: before.size, after: (await reachedIn(stack, session, 3)).size }
    })
    expect(seen).toEqual({ running: 'closed', before: 1, after: 3 })
  })
})
