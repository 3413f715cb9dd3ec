// Waits for what the balancer believes. A request that is under way when its instance is marked DOWN is answered by
// HAProxy itself, so a test of what the instances say lets the balancer find out first.
import type { BalancerView, Stack } from '../../fault/stack.ts'
import { until } from './until.ts'

/** Resolves when the balancer takes every instance for down. */
export async function untilAllAreDown(stack: Stack): Promise<void> {
  let views: BalancerView[] = []
  const allAreDown = async () => {
    views = [...(await stack.balancer.states()).values()]
    return views.every(({ status }) => status === 'down')
  }
  const missing = () => `the balancer does not take every instance for down: ${JSON.stringify(views)}`
  await until(stack, allAreDown, { limitMs: 20_000, everyMs: 20, missing })
}
