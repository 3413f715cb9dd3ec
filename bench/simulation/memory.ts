// What the heap holds after so many simulated traces, each in a world of its own. Prints one line of JSON a thousand.
import '../../fault/sim/web/preload.ts'
import fc from 'fast-check'
import { targetOf } from '../../campaign/settings.ts'
import { runSimulated } from '../../campaign/simulated-run.ts'
import { profileNamed } from '../../properties/profile.ts'
import { traces } from '../../properties/traces.ts'

const TRACES = 10_000
const EVERY = 1_000

const profile = profileNamed('mixed')
if (!profile || !globalThis.gc) throw new Error('this needs the profile mixed, and node --expose-gc')
const target = await targetOf({ stack: 'sim', idempotencyKeys: true })
const { ttlMs } = target.timers
const arbitrary = traces({ topology: { backends: 3, clients: 2 }, settings: { ttlMs }, profile })
for (let ran = 0; ran < TRACES; ) {
  for (const trace of fc.sample(arbitrary, { seed: ran, numRuns: EVERY })) await runSimulated(trace, target)
  ran += EVERY
  globalThis.gc()
  process.stdout.write(`${JSON.stringify({ traces: ran, heapMiB: process.memoryUsage().heapUsed / 2 ** 20 })}\n`)
}
