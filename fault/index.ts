// What `mcp-failproof/fault` offers: stacks to run a trace on, and their vocabulary.
import type { ProcessStackOptions } from './process/options.ts'
import { startProcessStack } from './process/start.ts'
import { type SimulatedStackOptions, startSimulatedStack } from './sim/start.ts'
import type { Stack } from './stack.ts'

export type { BackendCommand, ProcessStackOptions } from './process/options.ts'
export { missingTools, type Tool } from './process/tools.ts'
export type { SimulatedStackOptions, Watch } from './sim/start.ts'
export * from './stack.ts'
export { scaledTimers, type Timers } from './timers.ts'

/** Where the stack runs, and the settings of that tier. */
export type StackOptions =
  | ({ readonly tier: 'sim' } & SimulatedStackOptions)
  | ({ readonly tier: 'process' } & ProcessStackOptions)

/** Starts a stack of that tier. Whoever starts it closes it; its processes end with this one in any case. */
export function startStack(options: StackOptions): Promise<Stack> {
  switch (options.tier) {
    case 'sim':
      return startSimulatedStack(options)
    case 'process':
      return startProcessStack(options)
  }
}
