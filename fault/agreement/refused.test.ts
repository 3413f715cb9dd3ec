// A call whose instance has died refuses it to nobody: it goes elsewhere, at once or after all the pauses between its
// retries, as `redispatch` says.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { magnitude } from './duration.ts'
import { instanceOf, timed } from './events.ts'
import { RARELY_CHECKED, REDISPATCH } from './lines.ts'
import { open } from './session.ts'

/** A retry of a refused call waits for so long, a second at most. */
const PATIENT = { connectMs: 1_000 }

/** A call of a session whose instance is dead: another instance does not know the session. */
async function callAfterKill(stack: Stack) {
  const session = await open(stack)
  await instanceOf(stack, session.instance).backend.kill()
  const [answer, ms] = await timed(stack, () => session.call('increment_counter'))
  return { answer, comes: magnitude(ms) }
}

describeWithTools('a call that is refused, with `redispatch 1`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(RARELY_CHECKED), timers: PATIENT })

  it('is answered elsewhere in milliseconds', async () => {
    const seen = await agreed(callAfterKill)
    expect(seen).toEqual({ answer: 'status 404 by an instance', comes: 'in milliseconds' })
  })

  it('is answered 503 by the balancer where nothing listens', async () => {
    const seen = await agreed(async (stack) => {
      const session = await open(stack)
      await Promise.all(stack.backends.map((backend) => backend.kill()))
      return session.call('increment_counter')
    })
    expect(seen).toEqual('status 503 by the balancer')
  })
})

describeWithTools('a call that is refused, with a plain `redispatch`', () => {
  const file = haproxyVariant({ ...RARELY_CHECKED, [REDISPATCH]: 'option redispatch' })
  const agreed = onBothTiers({ haproxyFile: file, timers: PATIENT })

  it('is answered elsewhere after seconds', async () => {
    const seen = await agreed(callAfterKill)
    expect(seen).toEqual({ answer: 'status 404 by an instance', comes: 'in seconds' })
  })
})
