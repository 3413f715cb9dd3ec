// How fast the simulation is: calls against the floor, whole traces, and two threads against one.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Lane } from '../campaign/lane.ts'
import { openLanes } from '../campaign/open-lanes.ts'
import { targetOf } from '../campaign/settings.ts'
import { profileNamed } from '../properties/profile.ts'
import type { Trace } from '../properties/trace.ts'
import { traces } from '../properties/traces.ts'
import { quantile } from './quantile.ts'
import { figuresOf } from './simulation/child.ts'
import { spentBy } from './spent-by.ts'
import { rounded, type Table } from './table.ts'

const ROUNDS = 3
const PROFILES = ['no faults', 'mixed', 'TTL waits']
const WARM_UP = 40
const MEASURED_MS = 15_000

interface Measured {
  readonly tables: Table[]
  /** Single figures, for `--json`. */
  readonly figures: Readonly<Record<string, number>>
}

export async function benchSimulation(): Promise<Measured> {
  const rounds: { floor: number; calls: Record<string, number> }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [floor = {}] = await figuresOf('floor')
    const [calls = {}] = await figuresOf('calls')
    rounds.push({ floor: floor['increment_counter'] ?? Number.NaN, calls })
  }
  const median = (of: (round: (typeof rounds)[number]) => number) => quantile(rounds.map(of), 0.5)
  const ratioOf = (call: string) => median(({ floor, calls }) => (calls[call] ?? Number.NaN) / floor)
  const kinds = Object.keys(rounds[0]?.calls ?? {})
  const calls = {
    title: `Calls a second on one core, medians of ${ROUNDS} rounds in turn with the floor`,
    rows: [
      {
        call: 'the floor: SDK to SDK',
        'calls/s': rounded(
          median(({ floor }) => floor),
          0,
        ),
        'of the floor': '100 %',
      },
      ...kinds.map((kind) => ({
        call: kind,
        'calls/s': rounded(
          median((round) => round.calls[kind] ?? Number.NaN),
          0,
        ),
        'of the floor': `${rounded(100 * ratioOf(kind), 0)} %`,
      })),
    ],
  }
  const lengths: Table['rows'][number][] = []
  const figures: Record<string, number> = { ratioToFloor: ratioOf('increment_counter') }
  for (const profile of PROFILES) {
    const [found = {}] = await figuresOf('traces', [], profile)
    lengths.push({
      profile,
      'traces/s': rounded(found['traces'] ?? Number.NaN, 1),
      'commands/s': rounded(found['commands'] ?? Number.NaN, 0),
      'virtual s a wall s': rounded(found['virtualSeconds'] ?? Number.NaN, 0),
    })
    figures[`tracesPerSecond ${profile}`] = found['traces'] ?? Number.NaN
  }
  const threads = await benchThreads()
  const [one = Number.NaN, two = Number.NaN] = threads
  figures['twoThreadsToOne'] = two / one
  return {
    tables: [
      calls,
      { title: 'Traces of 20 commands on one core, run and judged', rows: lengths },
      {
        title: 'Traces of the profile mixed a second, by threads',
        rows: threads.map((rate, at) => ({
          threads: at + 1,
          'traces/s': rounded(rate, 1),
          ratio: rounded(rate / one, 2),
        })),
      },
    ],
    figures,
  }
}

/** Traces a second with one thread and with two, each warm. */
async function benchThreads(): Promise<number[]> {
  const target = await targetOf({ stack: 'sim', idempotencyKeys: true })
  const profile = profileNamed('mixed')
  if (!profile) throw new Error('there is no profile mixed')
  const { ttlMs } = target.timers
  const arbitrary = traces({ topology: { backends: 3, clients: 2 }, settings: { ttlMs }, profile })
  const rates: number[] = []
  for (const threads of [1, 2]) {
    const lanes = await openLanes(target, threads, new AbortController().signal)
    const warm = fc.sample(arbitrary, { seed: 1, numRuns: WARM_UP })
    await Promise.all(lanes.map((lane) => inTurn(lane, warm)))
    const left = fc.sample(arbitrary, { seed: 2, numRuns: 10_000 })
    const began = performance.now()
    let ran = 0
    await Promise.all(
      lanes.map(async (lane) => {
        for (let trace = left.pop(); trace && performance.now() - began < MEASURED_MS; trace = left.pop()) {
          await lane.run(trace)
          ran++
        }
      }),
    )
    rates.push(ran / ((performance.now() - began) / 1_000))
    await Promise.all(lanes.map((lane) => lane.close()))
  }
  return rates
}

async function inTurn(lane: Lane, each: readonly Trace[]): Promise<void> {
  for (const trace of each) await lane.run(trace)
}

export async function benchSimulationMemory(): Promise<Measured> {
  const rows = await figuresOf('memory')
  const first = rows[0]?.['heapMiB'] ?? Number.NaN
  const last = rows.at(-1)?.['heapMiB'] ?? Number.NaN
  return {
    tables: [
      {
        title: 'Heap after so many traces, each in a world of its own',
        rows: rows.map(({ traces: ran = 0, heapMiB = 0 }) => ({ traces: ran, 'heap MiB': rounded(heapMiB, 1) })),
      },
    ],
    figures: { lastToFirst: last / first },
  }
}

/** The profile has no switch: what is spent on loading and on code that is still cold is cut from its front. */
const PROFILED_MS = 6_000
const ROOM = /\/(server|client|wire|fault\/sim\/redis|fault\/sim\/web|fault\/sim)\//
const ROOM_NAMES: Readonly<Record<string, string>> = {
  server: 'this server',
  client: 'this client',
  'fault/sim/redis': 'the simulated Redis, around Lua',
  'fault/sim/web': 'plain messages and streams',
  'fault/sim': 'time, network, HTTP and balancer',
}

export async function benchSimulationProfile(): Promise<Table[]> {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'))
  try {
    await figuresOf('increments', ['--cpu-prof', '--cpu-prof-dir', folder])
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
    // The other one is of the thread that loads TypeScript.
    const text = files.toSorted((one, other) => other.length - one.length)[0] ?? ''
    const room = (url: string) => ROOM_NAMES[ROOM.exec(url)?.[1] ?? ''] ?? 'the rest'
    const spent = [...spentBy(text, PROFILED_MS, room)].toSorted(([, one], [, other]) => other - one)
    const all = spent.reduce((sum, [, us]) => sum + us, 0)
    const rows = spent
      .filter(([, us]) => us / all > 0.005)
      .map(([who, us]) => ({ 'spent by': who, share: `${rounded((100 * us) / all, 1)} %` }))
    return [{ title: 'One increment_counter after another in the simulation', rows }]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
