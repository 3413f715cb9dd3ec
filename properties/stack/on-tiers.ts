// Acceptance tests are written once and run on every tier: always in the simulation, which needs Node alone, and on real
// processes where their programs are. A test that only one of them could pass would be about the tier, not the stack.
import { afterAll, beforeAll, beforeEach, describe, onTestFinished, it as vitestIt } from 'vitest'
import { type Stack, startStack, type Tier } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import type { CommonStackOptions } from '../../fault/settings.ts'

/** Registers a test, whose body runs within the stack's `run`, on a stack that is well and empty. */
interface It {
  (title: string, test: (stack: Stack) => Promise<void>): void
  /** A test for each case; the title names it as vitest's own `for` does. */
  for<const Case>(cases: readonly Case[]): (title: string, test: (each: Case, stack: Stack) => Promise<void>) => void
}

interface OnTier {
  readonly tier: Tier
  readonly it: It
  /** For what the simulation does not have. Each test says what that is. */
  readonly itOnProcesses: It
}

export function describeOnTiers(title: string, options: CommonStackOptions, tests: (on: OnTier) => void): void {
  describe(`${title}, simulated`, () => {
    const fresh = async () => {
      const stack = await startStack({ ...options, tier: 'sim' })
      onTestFinished(() => stack.close())
      await stack.run(() => stack.reset())
      return stack
    }
    tests({ tier: 'sim', it: itOn(fresh), itOnProcesses: NONE })
  })

  describeWithTools(`${title}, on processes`, () => {
    let shared: Stack | undefined
    beforeAll(async () => {
      shared = await startStack({ ...options, tier: 'process' })
    })
    beforeEach(() => shared?.reset())
    afterAll(() => shared?.close())
    const it = itOn(async () => {
      if (shared === undefined) throw new Error('the stack was not started')
      return shared
    })
    tests({ tier: 'process', it, itOnProcesses: it })
  })
}

function itOn(ready: () => Promise<Stack>): It {
  const run = async (test: (stack: Stack) => Promise<void>) => {
    const stack = await ready()
    await stack.run(() => test(stack))
  }
  const one = (title: string, test: (stack: Stack) => Promise<void>) => vitestIt(title, () => run(test))
  const each: It['for'] = (cases) => (title, test) => {
    vitestIt.for(cases)(title, (of) => run((stack) => test(of, stack)))
  }
  return Object.assign(one, { for: each })
}

const NONE: It = Object.assign(() => {}, { for: () => () => {} })
