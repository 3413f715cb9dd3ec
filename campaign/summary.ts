// What a campaign did, in a few lines for people and as JSON for machines.
import type { Profile } from '../properties/profile.ts'
import type { CampaignResult, CampaignSettings } from './campaign.ts'
import { SOMETIMES, type Tally } from './tally.ts'

export function printedSummary({ tally, seconds, ended, counterexamples }: CampaignResult): string {
  const { outcomes } = tally
  const verdict = {
    complete: 'Nothing found',
    found: `${counterexamples.length} counterexample${counterexamples.length === 1 ? '' : 's'} found`,
    interrupted: 'Interrupted; nothing found so far',
  }[ended]
  return [
    `${verdict}: ${tally.traces} traces, ${tally.commands} commands in ${seconds.toFixed(1)} s (${rate(tally, seconds)}/s).`,
    `  calls      ${outcomes.ok} ok, ${outcomes.fail} fail, ${outcomes.unknown} unknown`,
    `  faults     ${listed(tally.faults)}`,
    `  in flight  ${listed(tally.faultsInFlight)}`,
    `  commands   ${listed(tally.commandsByKind)}`,
    ...Object.entries(tally.sometimes).map(([name, times]) => `  ${times > 0 ? '✓' : '✗'} ${name}: ${times} traces`),
    ...(tally.undecided > 0
      ? [`  ${tally.undecided} traces were too tangled to judge within the budget: no pass`]
      : []),
  ].join('\n')
}

export interface SavedCounterexample {
  readonly property: string
  readonly commands: number
  readonly executions: number
  readonly file: string
}

export function summaryJson(settings: CampaignSettings, result: CampaignResult, saved: readonly SavedCounterexample[]) {
  const { tally, seconds, ended } = result
  const { traces, commands, outcomes, faults, faultsInFlight, commandsByKind, sometimes, undecided } = tally
  return {
    format: 1,
    stack: settings.target.stack.tier,
    seed: settings.seed,
    profile: settings.profile.name,
    ended,
    traces,
    commands,
    seconds,
    commandsPerSecond: commands / seconds,
    outcomes,
    faults,
    commandsByKind,
    coverage: { faultsInFlight, sometimes, missed: missedCoverage(tally, settings.profile) },
    undecided,
    counterexamples: saved,
  }
}

/**
 * What a campaign under this profile should have done and did not: each of its kinds of fault, each of them with a call in
 * flight, and what must happen now and then. A trace that could not be judged is missing too.
 */
export function missedCoverage({ faults, faultsInFlight, sometimes, undecided }: Tally, profile: Profile): string[] {
  const kinds = Object.keys(profile.faults)
  const due = SOMETIMES.filter((each) => each.isDue(profile)).map(({ name }) => name)
  const missed = (what: string, counts: Record<string, number>, names: readonly string[]) =>
    names.filter((name) => !counts[name]).map((name) => `${what}${name}`)
  return [
    ...missed('', faults, kinds),
    ...missed('in the middle of a call: ', faultsInFlight, kinds),
    ...missed('', sometimes, due),
    ...(undecided > 0 ? [`a verdict on ${undecided} traces`] : []),
  ]
}

function rate({ commands }: Tally, seconds: number): string {
  return (commands / seconds).toFixed(1)
}

function listed(counts: Record<string, number>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return sorted.length === 0 ? 'none' : sorted.map(([kind, count]) => `${kind} ${count}`).join(', ')
}
