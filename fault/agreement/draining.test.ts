// A call that runs on an instance which is told to end, or which says that it is ill: `disable-on-404` and the answer of
// `/health` decide what becomes of it.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Backend, Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { becomes, instanceOf } from './events.ts'
import { open } from './session.ts'

/** A call longer than it takes to find out that its instance drains, and what was to be stopped in the end. */
async function stopUnderCall(stack: Stack, found: 'draining' | 'down') {
  const session = await open(stack)
  const { answer } = await session.begin('analyze_data', { num_items: 6 })
  const { backend } = instanceOf(stack, session.instance)
  const stopped = backend.stop()
  await becomes(stack, backend.name, found)
  return { session, answer, backend, stopped }
}

async function newSessionsAt(stack: Stack, { name }: Backend): Promise<number> {
  let count = 0
  for (let n = 0; n < 6; n++) if ((await open(stack)).instance === name) count++
  return count
}

describeWithTools('with our own file', () => {
  const agreed = onBothTiers({ timers: { checkTimeoutMs: 400 } })

  it('a draining instance ends its call, serves its session until then, and gets no new ones', async () => {
    const seen = await agreed(async (stack) => {
      const { session, answer, backend, stopped } = await stopUnderCall(stack, 'draining')
      const during = await session.call('increment_counter')
      const newHere = await newSessionsAt(stack, backend)
      const ended = await answer
      await stopped
      return { during, newHere, ended }
    })
    expect(seen).toEqual({
      during: { by: 'its own', said: { counter: 1 } },
      newHere: 0,
      ended: { by: 'its own', said: { items_processed: 6, total_score: 31.5 } },
    })
  })

  it('an instance whose `/health` answers 503 has its running call cut', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 6 })
      await instanceOf(stack, session.instance).toRedis.cut()
      await becomes(stack, session.instance, 'down')
      return { ended: await answer, next: await session.call('get_counter') }
    })
    expect(seen).toEqual({ ended: 'closed', next: 'status 404 by an instance' })
  })
})

describeWithTools('without `http-check disable-on-404`', () => {
  const file = haproxyVariant({ 'http-check disable-on-404': '# no http-check disable-on-404' })
  const agreed = onBothTiers({ haproxyFile: file, timers: { checkTimeoutMs: 400 } })

  it('a draining instance is down, and its running call is cut', async () => {
    const seen = await agreed(async (stack) => {
      const { session, answer, stopped } = await stopUnderCall(stack, 'down')
      const ended = await answer
      const next = await session.call('get_counter')
      await stopped
      return { ended, next }
    })
    expect(seen).toEqual({ ended: 'closed', next: 'status 404 by an instance' })
  })
})
