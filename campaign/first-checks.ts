// A stack that has just been started differs from one that has run a while: its balancer has checked no server yet, and
// takes one down by the first check that fails. A trace must mean the same on both, and on every tier.
import { type Stack, scaledTimers } from '../fault/index.ts'
import type { Target } from './settings.ts'

/** Waits until the balancer has checked each of its servers once; rejects once the signal is aborted. */
export async function awaitFirstChecks(stack: Stack, target: Target, signal?: AbortSignal): Promise<void> {
  const { checkMs } = { ...scaledTimers(target.timers.ttlMs), ...target.stack.timers }
  await stack.run(() => stack.clock.sleep(checkMs, signal))
}
