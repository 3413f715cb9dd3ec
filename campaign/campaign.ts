// Many traces on few stacks: the loop of a campaign. Trace i is drawn from the campaign's seed and i alone, so that how
// many stacks there are changes nothing but the time that it takes.
import type { Profile } from '../properties/profile.ts'
import { traces } from '../properties/traces.ts'
import type { EventLog } from './event-log.ts'
import { type Counterexample, find } from './find.ts'
import type { Lane } from './lane.ts'
import { openLanes } from './open-lanes.ts'
import type { SavedTrace } from './read-trace.ts'
import type { Target } from './settings.ts'
import { Tally } from './tally.ts'

export interface CampaignSettings {
  readonly target: Target
  readonly profile: Profile
  readonly seed: number
  /** How much: so many traces, or so long. */
  readonly extent: { readonly runs: number } | { readonly forMs: number }
  /** How many stacks at once. */
  readonly workers: number
  /** Time for shrinking one counterexample. */
  readonly shrinkMs: number
  /** Traces that are run first. */
  readonly regressions: readonly SavedTrace[]
  readonly log?: EventLog
}

/** What the campaign is at, for whoever shows it. */
export interface CampaignProgress {
  readonly tally: Tally
  readonly startedAt: number
  /** When the latest trace had run: shrinking and closing are no part of the rate. */
  lastRunAt: number
  shrinking: number
}

export interface Found extends Counterexample {
  /** Where it came from: a place among the campaign's traces from 0, or a saved file. */
  readonly source: { readonly index: number } | { readonly file: string }
}

export interface CampaignResult {
  readonly tally: Tally
  readonly seconds: number
  readonly counterexamples: readonly Found[]
  readonly ended: 'complete' | 'found' | 'interrupted'
}

export const BACKENDS = 3
const CLIENTS = 2

/**
 * Runs a campaign until its extent is reached, something is found, or the signal aborts.
 * @throws StackError where the stack could not be started or kept.
 */
export async function runCampaign(
  settings: CampaignSettings,
  onProgress: (progress: CampaignProgress) => void,
  signal: AbortSignal,
): Promise<CampaignResult> {
  const lanes = await openLanes(settings.target, settings.workers, signal, settings.log)
  const progress: CampaignProgress = {
    tally: new Tally(),
    startedAt: performance.now(),
    lastRunAt: performance.now(),
    shrinking: 0,
  }
  const campaign = new Campaign(settings, progress, () => onProgress(progress), signal)
  try {
    const ended = await Promise.allSettled(lanes.map((lane) => campaign.work(lane)))
    const broken = ended.find((each) => each.status === 'rejected')
    // What another lane found is worth more than what broke this one.
    if (broken && campaign.found.length === 0) throw broken.reason
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
  }
  const found = campaign.found.toSorted((a, b) => a.order - b.order).map((each) => each.found)
  // Traces are taken in order, so the first of those found is the one that a single lane would have found.
  const counterexamples = settings.target.stack.tier === 'sim' ? found.slice(0, 1) : found
  const ended = counterexamples.length > 0 ? 'found' : signal.aborted ? 'interrupted' : 'complete'
  const seconds = Math.max(0.001, progress.lastRunAt - progress.startedAt) / 1_000
  return { tally: progress.tally, seconds, counterexamples, ended }
}

class Campaign {
  readonly found: { readonly order: number; readonly found: Found }[] = []
  readonly #settings: CampaignSettings
  readonly #progress: CampaignProgress
  readonly #tell: () => void
  readonly #signal: AbortSignal
  readonly #arbitrary: ReturnType<typeof traces>
  /** Below 0: a regression, run before all others. Trace i of a seed is the same with and without them. */
  #next: number
  #broken = false

  constructor(settings: CampaignSettings, progress: CampaignProgress, tell: () => void, signal: AbortSignal) {
    const { target, profile } = settings
    this.#settings = settings
    this.#progress = progress
    this.#tell = tell
    this.#signal = signal
    this.#next = -settings.regressions.length
    this.#arbitrary = traces({
      topology: { backends: BACKENDS, clients: CLIENTS },
      settings: { ttlMs: target.timers.ttlMs, ...(target.keys === 'off' && { keys: 'off' }) },
      profile,
    })
  }

  /** Takes one trace after another until there is none left to take. */
  async work(lane: Lane): Promise<void> {
    while (this.#hasMore()) {
      const index = this.#next++
      try {
        const counterexample = await this.#search(lane, index)
        const file = this.#settings.regressions.at(index)?.file
        const source = index < 0 && file !== undefined ? { file } : { index }
        if (counterexample) this.found.push({ order: index, found: { ...counterexample, source } })
      } catch (error) {
        // Whatever breaks after Ctrl-C broke because everything was being taken down.
        if (this.#signal.aborted) return
        this.#broken = true
        throw error
      }
    }
  }

  #hasMore(): boolean {
    if (this.#signal.aborted || this.#broken || this.found.length > 0 || this.#progress.shrinking > 0) return false
    if (this.#next < 0) return true
    const { extent } = this.#settings
    if ('runs' in extent) return this.#next < extent.runs
    return performance.now() - this.#progress.startedAt < extent.forMs
  }

  #search(lane: Lane, index: number): Promise<Counterexample | undefined> {
    const { seed, shrinkMs, regressions } = this.#settings
    const example = index < 0 ? regressions.at(index)?.trace : undefined
    let shrinkUntil = Number.POSITIVE_INFINITY
    return find({
      arbitrary: this.#arbitrary,
      seed: seedOf(seed, index),
      ...(example && { example }),
      run: (trace) => lane.run(trace),
      onFirst: (run) => {
        this.#progress.tally.add(run)
        this.#progress.lastRunAt = performance.now()
        if (run.finding) {
          this.#progress.shrinking++
          shrinkUntil = performance.now() + shrinkMs
        }
        this.#tell()
      },
      onShrink: () => {
        this.#progress.shrinking++
        this.#tell()
      },
      goesOn: () => !this.#signal.aborted && performance.now() < shrinkUntil,
    })
  }
}

/** Seeds of neighbouring traces must not be neighbours of another campaign's: mixed as in splitmix32. */
function seedOf(seed: number, index: number): number {
  let mixed = (seed ^ Math.imul(index + 1, 0x9e3779b9)) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) | 0
}
