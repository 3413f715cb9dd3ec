// What `mcp-failproof/fault` offers: stacks to run a trace on, and their vocabulary.
import { type ProcessStackOptions, scaledTimers } from './process/options.ts'
import { startProcessStack } from './process/start.ts'
import type { Stack } from './stack.ts'

export type { BackendCommand, ProcessStackOptions, Timers } from './process/options.ts'
export { missingTools, type Tool } from './process/tools.ts'
export * from './stack.ts'
export { scaledTimers }

/** Where the stack runs, and the settings of that tier. */
export type StackOptions = { readonly tier: 'process' } & ProcessStackOptions

/** Starts a stack of that tier. Whoever starts it closes it; its processes end with this one in any case. */
export function startStack({ tier, ...options }: StackOptions): Promise<Stack> {
  switch (tier) {
    case 'process':
      return startProcessStack(options)
  }
}
