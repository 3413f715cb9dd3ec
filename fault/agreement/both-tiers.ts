// Runs one script on real processes and in the simulation, and lets it see the same on both: what the simulation decides
// alone is worth nothing.
import { afterAll, beforeAll, expect } from 'vitest'
import { startStack } from '../index.ts'
import type { CommonStackOptions } from '../settings.ts'
import { type Stack, StackError } from '../stack.ts'

type Agree = <Seen>(script: (stack: Stack) => Promise<Seen>) => Promise<Seen>

/**
 * Stacks of these settings for the tests of this file or `describe`, started once and reset before each script.
 * @returns what runs a script on both and answers what it saw, once that was the same
 */
export function onBothTiers(options: CommonStackOptions = {}): Agree {
  let stacks: { readonly process: Stack; readonly sim: Stack } | undefined
  beforeAll(async () => {
    const started = await Promise.all([
      startStack({ ...options, tier: 'process' }),
      startStack({ ...options, tier: 'sim' }),
    ])
    stacks = { process: started[0], sim: started[1] }
  })
  afterAll(async () => {
    await stacks?.process.close()
    await stacks?.sim.close()
  })
  return async (script) => {
    if (stacks === undefined) throw new StackError('the stacks were not started')
    const { process, sim } = stacks
    // One after the other: while the simulation runs, the globals of this process are its own.
    const onProcess = await process.run(() => whole(process, script))
    const onSim = await sim.run(() => whole(sim, script))
    expect(onSim, 'the simulation saw').toEqual(onProcess)
    return onProcess
  }
}

async function whole<Seen>(stack: Stack, script: (stack: Stack) => Promise<Seen>): Promise<Seen> {
  await stack.reset()
  return script(stack)
}
