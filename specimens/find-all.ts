// `npm run specimens`: every planted bug must be found by each of three seeds, in the simulation within ten seconds, with
// `--stack process` within fifty traces, and the true stack must pass the same seeds. Prints a table; exits 1 where one is
// missed. `npm run specimens -- NAME` takes one.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Found, runCampaign } from '../campaign/campaign.ts'
import { type Target, targetOf } from '../campaign/settings.ts'
import { profileNamed } from '../properties/profile.ts'
import { SPECIMENS } from './all.ts'

const SEEDS = [1, 2, 3]
const EXTENTS = { sim: { forMs: 10_000 }, process: { runs: 50 } } as const
const FOLDER = import.meta.dirname

async function search(name: string, target: Target, seed: number, signal: AbortSignal): Promise<Found | undefined> {
  const profile = profileNamed('mixed')
  if (!profile) throw new Error('there is no profile mixed')
  const extent = EXTENTS[target.stack.tier]
  const settings = { target, profile, seed, extent, workers: 2, shrinkMs: 30_000, regressions: [] }
  const { counterexamples, tally, seconds, ended } = await runCampaign(settings, () => {}, signal)
  if (ended === 'interrupted') return undefined
  const [found] = counterexamples
  console.log(
    `${name.padEnd(20)} seed ${seed}: ${found ? told(found) : `nothing found in ${tally.traces} traces`}, ${seconds.toFixed(1)} s`,
  )
  return found
}

function told({ run, source, executions }: Found): string {
  const trace = 'index' in source ? source.index + 1 : source.file
  return `${run.finding?.promise}, trace ${trace}, ${run.trace.commands.length} commands after ${executions} executions`
}

/** Keeps the first trace that is found for a specimen that has none yet. */
async function keepTrace(specimen: string, found: Found): Promise<void> {
  const file = join(FOLDER, specimen, 'trace.json')
  if (!existsSync(file)) await writeFile(file, `${JSON.stringify(found.run.trace, undefined, 2)}\n`)
}

async function main(names: readonly string[], stack: string): Promise<number> {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  const { signal } = interrupted
  let missed = 0
  for (const specimen of names) {
    const config = join(FOLDER, specimen, 'config.ts')
    const target = await targetOf({ stack, config, idempotencyKeys: true })
    for (const seed of SEEDS) {
      const found = await search(specimen, target, seed, signal)
      if (signal.aborted) return 130
      if (found) await keepTrace(specimen, found)
      else missed++
    }
  }
  const idempotencyKeys = [true, false]
  for (const keys of idempotencyKeys) {
    for (const seed of SEEDS) {
      const name = keys ? 'the true stack' : 'true, without keys'
      const found = await search(name, await targetOf({ stack, idempotencyKeys: keys }), seed, signal)
      if (signal.aborted) return 130
      if (found) missed++
    }
  }
  return missed === 0 ? 0 : 1
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { stack: { type: 'string', default: 'sim' } },
})
process.exitCode = await main(positionals.length > 0 ? positionals : SPECIMENS, values.stack)
