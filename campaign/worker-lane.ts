// Lanes of the simulation: a pool of threads, and a watch over each that tells where one does not yield any more.
import Tinypool from 'tinypool'
import { StackError } from '../fault/index.ts'
import { packageFile } from '../fault/process/bundle.ts'
import { hungRun, type Run } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'
import { type EventLog, NO_LOG } from './event-log.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Lane } from './lane.ts'
import type { Target } from './settings.ts'
import type { SimulationResult, SimulationTask } from './simulate.ts'

/** So long may one event of a simulation take, in real time; most take a few microseconds. */
const STILL_MS = 10_000
const LOOK_EVERY_MS = 1_000

export async function openWorkerLanes(
  target: Target,
  count: number,
  signal: AbortSignal,
  log: EventLog = NO_LOG,
): Promise<Lane[]> {
  if (target.stack.backend !== undefined)
    throw new StackError(
      "the simulation runs this package's own server, not `backend` of the config file: use --stack process",
    )
  const pool = new Tinypool({
    // From source, or built.
    filename: packageFile('campaign/simulation-worker-from-source.mjs', 'campaign/simulation-worker.js'),
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
  })
  let open = count
  const closed = async () => {
    open--
    if (open === 0) await pool.destroy()
  }
  return Array.from({ length: count }, () => new WorkerLane(pool, target, signal, log, closed))
}

class WorkerLane implements Lane {
  readonly #pool: Tinypool
  readonly #target: Target
  readonly #signal: AbortSignal
  readonly #log: EventLog
  readonly #closed: () => Promise<void>

  constructor(pool: Tinypool, target: Target, signal: AbortSignal, log: EventLog, closed: () => Promise<void>) {
    this.#pool = pool
    this.#target = target
    this.#signal = signal
    this.#log = log
    this.#closed = closed
  }

  async run(trace: Trace): Promise<Run> {
    this.#signal.throwIfAborted()
    const heartbeat = new Heartbeat()
    const still = new AbortController()
    const watch = this.#watch(heartbeat, still)
    const task: SimulationTask = {
      flags: this.#target.asked,
      trace,
      log: this.#log === NO_LOG ? 'not wanted' : 'wanted',
      heartbeat: heartbeat.memory,
    }
    try {
      const signals = AbortSignal.any([this.#signal, still.signal])
      const result: SimulationResult = await this.#pool.run(task, { name: 'simulate', signal: signals })
      if (result.kind === 'no stack') throw new StackError(result.message)
      this.#log.add(result.run, result.log)
      return result.run
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!still.signal.aborted) throw error
      const { timers, bounds, keys } = this.#target
      return hungRun(trace, { timers, bounds, keys, hang: String(still.signal.reason) })
    } finally {
      clearInterval(watch)
    }
  }

  close(): Promise<void> {
    return this.#closed()
  }

  #watch(heartbeat: Heartbeat, still: AbortController): NodeJS.Timeout {
    let last = heartbeat.last()
    let since = performance.now()
    return setInterval(() => {
      const now = heartbeat.last()
      if (now === undefined || now.count !== last?.count) {
        last = now
        since = performance.now()
      } else if (performance.now() - since > STILL_MS) {
        still.abort(`after ${now.ms.toFixed(3)} ms, at "${now.what}", code ran for ${STILL_MS} ms and did not yield`)
      }
    }, LOOK_EVERY_MS)
  }
}
