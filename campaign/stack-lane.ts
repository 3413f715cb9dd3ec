// One long-lived stack that traces run on, one after another. A stack that breaks is replaced once, and the trace run
// again: a broken stack is never a counterexample.
import { type Stack, StackError, startStack } from '../fault/index.ts'
import { type Run, runTrace } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'
import { type EventLog, NO_LOG } from './event-log.ts'
import { awaitFirstChecks } from './first-checks.ts'
import type { Lane } from './lane.ts'
import type { Target } from './settings.ts'

/** @throws StackError */
export async function openStackLane(target: Target, signal: AbortSignal, log: EventLog = NO_LOG): Promise<Lane> {
  return new StackLane(target, signal, log, await checkedStack(target, signal))
}

async function checkedStack(target: Target, signal: AbortSignal): Promise<Stack> {
  const stack = await startStack({ ...target.stack, signal })
  await awaitFirstChecks(stack, target, signal)
  return stack
}

class StackLane implements Lane {
  readonly #target: Target
  readonly #signal: AbortSignal
  readonly #log: EventLog
  #stack: Stack

  constructor(target: Target, signal: AbortSignal, log: EventLog, stack: Stack) {
    this.#target = target
    this.#signal = signal
    this.#log = log
    this.#stack = stack
  }

  /** @throws StackError where a second stack broke under the same trace. */
  async run(trace: Trace): Promise<Run> {
    try {
      return await this.#runOnce(trace)
    } catch (error) {
      if (!(error instanceof StackError) || this.#signal.aborted) throw error
      await this.#stack.close()
      this.#stack = await checkedStack(this.#target, this.#signal)
      return this.#runOnce(trace)
    }
  }

  close(): Promise<void> {
    return this.#stack.close()
  }

  async #runOnce(trace: Trace): Promise<Run> {
    const { openClient, timers, bounds, keys } = this.#target
    const random = () => Math.random()
    const run = await runTrace(trace, {
      ...{ stack: this.#stack, openClient, timers, bounds, keys, random, signal: this.#signal },
    })
    this.#log.add(run)
    return run
  }
}
