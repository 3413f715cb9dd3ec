// What the balancer sends again after an instance took it and its answer was lost: `retry-on` decides, and how often it
// was executed is seen from the session itself.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { instanceOf, newConnection } from './events.ts'
import { RARELY_CHECKED, REDISPATCH, RETRY_ON } from './lines.ts'
import { open } from './session.ts'

/** Long enough for a call to be over: two requests of one JSON-RPC id may not run at once on a session. */
const AFTER_ANSWER_MS = 60
const EVERYTHING = { ...RARELY_CHECKED, [RETRY_ON]: 'retry-on all-retryable-errors' }

/** One increment of which all answers of its session's instance are lost. */
async function loseAnswers(stack: Stack, onConnection: 'first' | 'later') {
  const session = await open(stack)
  if (onConnection === 'first') await newConnection(stack)
  const { fromBalancer } = instanceOf(stack, session.instance)
  await fromBalancer.dropReplies({ closeAfterMs: AFTER_ANSWER_MS })
  const answer = await session.call('increment_counter')
  await fromBalancer.heal()
  return { answer, afterwards: await session.call('get_counter') }
}

const executed = (counter: number) => ({ by: 'its own', said: { counter } })

describeWithTools('a call whose answer is lost, with our own file', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(RARELY_CHECKED) })

  it('is executed once and answered 502', async () => {
    const seen = await agreed((stack) => loseAnswers(stack, 'first'))
    expect(seen).toEqual({ answer: 'status 502 by the balancer', afterwards: executed(1) })
  })

  it('has its connection closed where that has served a request before', async () => {
    const seen = await agreed((stack) => loseAnswers(stack, 'later'))
    expect(seen).toEqual({ answer: 'closed', afterwards: executed(1) })
  })
})

describeWithTools('a call whose answer is lost, with `all-retryable-errors`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(EVERYTHING) })

  it('is executed once with `redispatch 1`, and another instance answers 404', async () => {
    const seen = await agreed((stack) => loseAnswers(stack, 'first'))
    expect(seen).toEqual({ answer: 'status 404 by an instance', afterwards: executed(1) })
  })
})

describeWithTools('a call whose answer is lost, with `all-retryable-errors` and a plain `redispatch`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant({ ...EVERYTHING, [REDISPATCH]: 'option redispatch' }) })

  it('is executed three times before another instance answers 404', async () => {
    const seen = await agreed((stack) => loseAnswers(stack, 'first'))
    expect(seen).toEqual({ answer: 'status 404 by an instance', afterwards: executed(3) })
  })
})

describeWithTools('a call whose answer is lost, with `all-retryable-errors` and no `redispatch`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant({ ...EVERYTHING, [REDISPATCH]: '' }) })

  it('is executed four times and answered 502', async () => {
    const seen = await agreed((stack) => loseAnswers(stack, 'first'))
    expect(seen).toEqual({ answer: 'status 502 by the balancer', afterwards: executed(4) })
  })

  it('is never sent again once the headers of its answer are out', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      const { answer } = await session.begin('analyze_data', { num_items: 0 })
      await instanceOf(stack, session.instance).fromBalancer.reset()
      return { answer: await answer, next: await session.call('increment_counter') }
    })
    expect(seen).toEqual({ answer: 'closed', next: executed(1) })
  })
})
