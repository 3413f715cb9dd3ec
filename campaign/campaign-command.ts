// `mcp-failproof campaign`: many random traces, a summary, and where something is found its shortest story.
import { writeFile } from 'node:fs/promises'
import type { Tier } from '../fault/index.ts'
import { PROFILES, type Profile, profileNamed } from '../properties/profile.ts'
import { BACKENDS, type CampaignSettings, type Found, runCampaign } from './campaign.ts'
import { printedCounterexample, saveCounterexample } from './counterexample.ts'
import { openEventLog } from './event-log.ts'
import { replayCommand } from './invocation.ts'
import { progressReporter } from './progress.ts'
import { readRegressions } from './read-trace.ts'
import { type SharedFlags, targetOf } from './settings.ts'
import { missedCoverage, printedSummary, type SavedCounterexample, summaryJson } from './summary.ts'
import { EXIT, UsageError } from './usage-error.ts'

export interface CampaignFlags extends SharedFlags {
  readonly runs?: number
  readonly for?: number
  readonly seed?: number
  readonly profile?: string
  readonly workers: number
  readonly shrinkFor?: number
  readonly json?: string
  readonly requireCoverage?: true
}

const DEFAULT_RUNS: Readonly<Record<Tier, number>> = { sim: 500, process: 50 }
const DEFAULT_SHRINK_MS = 90_000

/** @returns the exit code. @throws UsageError, StackError */
export async function campaignCommand(flags: CampaignFlags, signal: AbortSignal): Promise<number> {
  const checked = await settingsOf(flags)
  // A path that cannot be written is told before the campaign, not after it.
  if (flags.json !== undefined) await writeJson(flags.json, {})
  const log = openEventLog(flags)
  const settings = { ...checked, log }
  const { target, seed, profile, workers } = settings
  const keys = target.keys === 'off' ? ', no idempotency keys' : ''
  const lanes = `${workers} ${target.stack.tier === 'sim' ? 'thread' : 'stack'}${workers === 1 ? '' : 's'}`
  console.log(`Campaign on ${target.stack.tier}, seed ${seed}, profile ${profile.name}, ${lanes}${keys}.`)
  const reporter = progressReporter(settings.extent, process.stdout)
  const result = await runCampaign(settings, (progress) => reporter.update(progress), signal).finally(() => {
    reporter.stop()
    log.close()
  })
  const saved = await tellFound(result.counterexamples, settings)
  console.log(printedSummary(result))
  if (flags.json !== undefined) await writeJson(flags.json, summaryJson(settings, result, saved))
  if (result.ended === 'found') return EXIT.found
  if (result.ended === 'interrupted') return EXIT.interrupted
  return flags.requireCoverage ? coverageExit(missedCoverage(result.tally, profile)) : EXIT.ok
}

async function settingsOf(flags: CampaignFlags): Promise<CampaignSettings> {
  if (flags.runs !== undefined && flags.for !== undefined) {
    throw new UsageError('--runs and --for are both given: a campaign ends by one of them')
  }
  const target = await targetOf(flags)
  const { regressions } = target.config
  const { ttlMs } = target.timers
  return {
    target,
    profile: knownProfile(flags.profile ?? target.config.profile ?? 'mixed'),
    seed: flags.seed ?? Math.floor(Math.random() * 2 ** 31),
    extent: flags.for === undefined ? { runs: flags.runs ?? DEFAULT_RUNS[target.stack.tier] } : { forMs: flags.for },
    workers: flags.workers,
    shrinkMs: flags.shrinkFor ?? DEFAULT_SHRINK_MS,
    regressions: regressions === undefined ? [] : await readRegressions(regressions, { ttlMs, backends: BACKENDS }),
  }
}

function knownProfile(name: string): Profile {
  const profile = profileNamed(name)
  if (profile) return profile
  throw new UsageError(`no profile ${name}: there are ${PROFILES.map((each) => each.name).join(', ')}`)
}

async function tellFound(found: readonly Found[], { seed, target }: CampaignSettings): Promise<SavedCounterexample[]> {
  const all: SavedCounterexample[] = []
  for (const each of found) {
    const replay = (file: string) => replayCommand(file, target.flags)
    const saved = await saveCounterexample(each, seed, replay)
    console.log(`\n${printedCounterexample(each, saved, replay(saved.file), seed)}\n`)
    const { run, executions } = each
    const property = run.finding?.promise ?? ''
    all.push({ property, commands: run.trace.commands.length, executions, file: saved.file })
  }
  return all
}

async function writeJson(file: string, value: unknown): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`)
  } catch (error) {
    throw new UsageError(`--json ${file} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}

function coverageExit(missed: readonly string[]): number {
  if (missed.length === 0) return EXIT.ok
  console.log(`Coverage was required, and these did not happen:\n${missed.map((each) => `  ${each}`).join('\n')}`)
  return EXIT.found
}
