// Whole traces of one length a second, on one core: each in a world of its own, run and judged. Prints one line of JSON.
import '../../fault/sim/web/preload.ts'
import fc from 'fast-check'
import { targetOf } from '../../campaign/settings.ts'
import { runSimulated } from '../../campaign/simulated-run.ts'
import { type Profile, profileNamed } from '../../properties/profile.ts'
import { traces } from '../../properties/traces.ts'

/** The real one, whatever becomes of the globals. */
const now = performance.now.bind(performance)

const LENGTH = 20
const WARM_UP = 150
const MEASURED_MS = 12_000

const MIXED = profileNamed('mixed')
if (!MIXED) throw new Error('there is no profile mixed')
const PROFILES: Readonly<Record<string, Profile>> = {
  mixed: MIXED,
  'no faults': { ...MIXED, faults: {}, ttlWaits: 0 },
  'TTL waits': { ...MIXED, faults: {}, ttlWaits: 1 },
}

async function measured(profile: Profile): Promise<Record<string, number>> {
  const target = await targetOf({ stack: 'sim', idempotencyKeys: true })
  const { ttlMs } = target.timers
  const arbitrary = traces({
    topology: { backends: 3, clients: 2 },
    settings: { ttlMs },
    profile: { ...profile, length: { min: LENGTH, max: LENGTH } },
  })
  const warm = fc.sample(arbitrary, { seed: 1, numRuns: WARM_UP })
  for (const trace of warm) await runSimulated(trace, target)
  let [ran, commands, virtualMs] = [0, 0, 0]
  const began = now()
  for (const trace of fc.sample(arbitrary, { seed: 2, numRuns: 5_000 })) {
    if (now() - began > MEASURED_MS) break
    const { history } = await runSimulated(trace, target)
    ran++
    commands += trace.commands.length
    virtualMs += history.at(-1)?.at ?? 0
  }
  const seconds = (now() - began) / 1_000
  return { traces: ran / seconds, commands: commands / seconds, virtualSeconds: virtualMs / 1_000 / seconds }
}

const [, , name = 'mixed'] = process.argv
const profile = PROFILES[name]
if (!profile) throw new Error(`no profile ${name}: there are ${Object.keys(PROFILES).join(', ')}`)
process.stdout.write(`${JSON.stringify(await measured(profile))}\n`)
