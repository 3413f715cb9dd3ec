// The simulation held against reality: whoever asks the same of both tiers is told the same, trace by trace. The process
// tier is what is true.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import type { Trace } from '../../properties/trace.ts'
import { BothTiers } from './both-tiers.ts'
import { calmTrace } from './calm-traces.ts'
import { difference } from './difference.ts'
import { writtenTraces } from './written-traces.ts'

const BATCHES = 10
const BATCH = 20
/** All tests run at once and share the stacks: each waits for the others, too. */
const LIMIT_MS = 300_000

describeWithTools('real processes and the simulation tell the same', () => {
  let tiers: BothTiers
  const began = performance.now()
  beforeAll(async () => {
    tiers = await BothTiers.open()
  })
  afterAll(async () => {
    await tiers.close()
    console.log(`${tiers.ran} traces ran on both tiers in ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  })

  async function agreeOn(trace: Trace): Promise<void> {
    const runs = await tiers.run(trace)
    const differs = difference(runs)
    if (differs !== undefined) expect.fail(`the tiers differ:\n${differs}`)
    expect(runs.process.finding).toBeUndefined()
  }

  describe('where somebody wrote the trace', () => {
    const written = writtenTraces().map(({ title, trace }) => [title, trace] as const)
    it.concurrent.each(written)('%s', { timeout: LIMIT_MS }, (_, trace) => agreeOn(trace))
  })

  describe('where it was generated', () => {
    const batches = Array.from({ length: BATCHES }, (_, at) => ({ from: at * BATCH + 1, to: (at + 1) * BATCH }))
    it.concurrent.each(batches)('traces $from to $to', { timeout: LIMIT_MS }, async ({ from }) => {
      const numbers = Array.from({ length: BATCH }, (_, at) => from + at)
      const agreed = await Promise.allSettled(numbers.map((number) => agreeOn(calmTrace(number))))
      // One that differs is enough to read.
      for (const each of agreed) if (each.status === 'rejected') throw each.reason
    })
  })
})
