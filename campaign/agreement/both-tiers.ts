// The two tiers that are compared: real processes, a trace at a time on each stack, and the simulation in a thread of its
// own, since it replaces the clock and the network of the thread that it runs in.
import { join } from 'node:path'
import type { Trace } from '../../properties/trace.ts'
import type { Lane } from '../lane.ts'
import { openLanes } from '../open-lanes.ts'
import { targetOf } from '../settings.ts'
import type { Runs } from './difference.ts'

/** More of them wait for one another on two cores. */
const STACKS = 2

export class BothTiers {
  /** How many traces ran on both. */
  ran = 0
  readonly #lanes: readonly Lane[]
  readonly #free: Lane[]
  readonly #sim: Lane
  readonly #waiting: ((lane: Lane) => void)[] = []

  private constructor(lanes: readonly Lane[], sim: Lane) {
    this.#lanes = lanes
    this.#free = [...lanes]
    this.#sim = sim
  }

  /** @throws StackError */
  static async open(): Promise<BothTiers> {
    const lanesOn = async (stack: string, count: number) => {
      const config = join(import.meta.dirname, 'config.ts')
      return openLanes(await targetOf({ stack, config, idempotencyKeys: true }), count, new AbortController().signal)
    }
    const [lanes, [sim]] = await Promise.all([lanesOn('process', STACKS), lanesOn('sim', 1)])
    if (!sim) throw new Error('no lane was opened')
    return new BothTiers(lanes, sim)
  }

  /** Runs it on both; on processes once a stack is free. */
  async run(trace: Trace): Promise<Runs> {
    const [process, sim] = await Promise.all([this.#onProcesses(trace), this.#sim.run(trace)])
    this.ran++
    return { process, sim }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes, this.#sim].map((lane) => lane.close()))
  }

  async #onProcesses(trace: Trace): Promise<Runs['process']> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)))
    try {
      return await lane.run(trace)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(lane)
      else this.#free.push(lane)
    }
  }
}
