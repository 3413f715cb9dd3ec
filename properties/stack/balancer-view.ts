// Waits for what the balancer believes. A request that is under way when its instance is marked DOWN is answered by
// HAProxy itself, so a test of what the instances say lets the balancer find out first.
import { expect, vi } from 'vitest'
import type { Stack } from '../../fault/stack.ts'

/** Resolves when the balancer takes every instance for down. */
export async function untilAllAreDown(stack: Stack): Promise<void> {
  const look = async () => {
    const views = [...(await stack.balancer.states()).values()]
    expect(views.filter(({ status }) => status !== 'down')).toEqual([])
  }
  await vi.waitFor(look, { timeout: 20_000, interval: 20 })
}
