// What a test opens ends with it, or it would hold up the stack's next reset; and it ends in the stack's own time, since in
// the simulation no other passes.
import { onTestFinished } from 'vitest'
import type { Stack } from '../../fault/stack.ts'

/** Lets it end after the test that runs, the last that was begun first. */
export function endWithTest(stack: Stack, end: () => Promise<void>): void {
  onTestFinished(() => stack.run(end))
}
