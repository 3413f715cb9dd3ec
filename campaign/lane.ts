// Where traces run one after another, whatever the tier.
import type { Run } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'

export interface Lane {
  /** Runs a trace and judges it. @throws StackError where the stack could not be kept. */
  run(trace: Trace): Promise<Run>
  close(): Promise<void>
}
