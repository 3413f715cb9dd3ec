// How a dead instance is found where its checks are too far apart to find it: by two of its calls, none of which is lost.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { instanceOf, stateOf } from './events.ts'
import { OBSERVE } from './lines.ts'
import { type Answer, open } from './session.ts'

/** Three checks that fail are a minute apart; a tenth of a second where a call has met an error. */
const TIMERS = { checkMs: 20_000, fastCheckMs: 100, checkTimeoutMs: 10_000 }
const SOON_MS = 1_500

/** Three calls of a session whose instance was killed: two at once, and one when that must have been found. */
async function callsAfterKill(stack: Stack) {
  // Until its first check an instance goes down by the first one that fails.
  await stack.clock.sleep(2 * TIMERS.fastCheckMs)
  const session = await open(stack)
  await instanceOf(stack, session.instance).backend.kill()
  const answers: Answer[] = [await session.call('increment_counter'), await session.call('increment_counter')]
  await stack.clock.sleep(SOON_MS)
  const state = await stateOf(stack, session.instance)
  answers.push(await session.call('increment_counter'))
  return { answers, state }
}

const ELSEWHERE = Array.from({ length: 3 }, () => 'status 404 by an instance')

describeWithTools('with `observe layer7 error-limit 2 on-error fastinter`', () => {
  const agreed = onBothTiers({ timers: TIMERS })

  it('two calls find a dead instance soon, and are answered elsewhere', async () => {
    expect(await agreed(callsAfterKill)).toEqual({ answers: ELSEWHERE, state: 'down' })
  })
})

describeWithTools('without `observe`', () => {
  const agreed = onBothTiers({ haproxyFile: haproxyVariant({ [OBSERVE]: '# no observe' }), timers: TIMERS })

  it('nothing finds a dead instance soon, and each of its calls is refused before it is answered elsewhere', async () => {
    expect(await agreed(callsAfterKill)).toEqual({ answers: ELSEWHERE, state: 'up' })
  })
})

// Rows of facts.md that no stack shows, and where they are held instead:
// - `expire "${SESSION_TTL}"` is milliseconds: haproxy/stickiness.test.ts, fault/sim/balancer/configuration.test.ts
// - `"${NAME-default}"` in double quotes, `presetenv`, `init-addr`: haproxy/start.test.ts, fault/sim/balancer/configuration.test.ts
// - `peers` over a SIGUSR2 reload: haproxy/reload.test.ts; the simulated balancer restarts and does not reload
// - a listener that is closed on SIGTERM: haproxy/draining.test.ts; the server under test keeps its own open
// - ids longer than 64 or 128: haproxy/stickiness.test.ts, fault/sim/balancer/stick-table.test.ts; the server's ids are short
// - Node closes idle connections after 5 s: set in server/main.ts; a reset under a POST is a race that no script wins for sure
// - `http-no-delay`, `abortonclose`, `timeout server`: haproxy/streams.test.ts
// - `table mcp_servers` of the degraded backend left out: haproxy/degraded.test.ts
