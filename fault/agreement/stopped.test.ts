// An instance that is stopped refuses nothing: only silence tells. Its waiting call is freed once it is marked down, and
// executed all the same when it goes on.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { becomes, eventually, instanceOf, newConnection, stateOf, timed } from './events.ts'
import { WITHOUT_FASTINTER } from './lines.ts'
import { open } from './session.ts'

/** Between 1.5 s and 2 s with our own file, and between 5.5 s and 6.6 s without its `fastinter` and its `timeout check`. */
const EARLY_MS = 3_500
/** Long enough that the session outlives all that is done to its instance. */
const SETTINGS = {
  ttlMs: 30_000,
  timers: { checkMs: 500, fastCheckMs: 100, checkTimeoutMs: 400, longestCallMs: 3_000 },
}

/** The first session is at the first instance, which has been checked: one that has not goes down by one failed check. */
async function stopUnderCall(stack: Stack) {
  const session = await open(stack)
  await newConnection(stack)
  const { backend } = instanceOf(stack, session.instance)
  await backend.pause()
  const [answer, ms] = await timed(stack, () => session.call('increment_counter'))
  const state = await stateOf(stack, backend.name)
  const next = await session.call('get_counter')
  await backend.continue()
  await becomes(stack, backend.name, 'up')
  let counter: unknown
  await eventually(stack, 'the increment is executed', async () => {
    const read = await session.call('get_counter')
    counter = typeof read === 'object' ? read.said['counter'] : read
    return counter === 1
  })
  return { answer, comes: ms < EARLY_MS ? 'early' : 'late', state, next, counter }
}

const FREED = {
  answer: 'status 502 by the balancer',
  state: 'down',
  next: 'status 404 by an instance',
  counter: 1,
}

describeWithTools('with `fastinter` and `timeout check`', () => {
  const agreed = onBothTiers(SETTINGS)

  it('the call that waits for a stopped instance is freed early, and executed when that goes on', async () => {
    expect(await agreed(stopUnderCall)).toEqual({ ...FREED, comes: 'early' })
  })
})

describeWithTools('without `fastinter` and `timeout check`', () => {
  const agreed = onBothTiers({ ...SETTINGS, haproxyFile: haproxyVariant(WITHOUT_FASTINTER) })

  it('the call that waits for a stopped instance is freed late, and executed when that goes on', async () => {
    expect(await agreed(stopUnderCall)).toEqual({ ...FREED, comes: 'late' })
  })
})
