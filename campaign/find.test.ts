import type fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_BOUNDS } from '../properties/bounds.ts'
import { profileNamed } from '../properties/profile.ts'
import type { Run } from '../properties/run-trace.ts'
import { kindOf, type Trace } from '../properties/trace.ts'
import { traces } from '../properties/traces.ts'
import { find, type Search } from './find.ts'

function arbitrary(): fc.Arbitrary<Trace> {
  const profile = profileNamed('mixed')
  if (!profile) throw new Error('no profile mixed')
  return traces({ topology: { backends: 3, clients: 2 }, settings: { ttlMs: 3_000 }, profile })
}

const finding = (promise: string) => ({ promise, property: promise, op: 'op1', detail: '' })

/** A run that breaks the promise that `judge` names, without any stack. */
function runner(judge: (kinds: string[]) => string | undefined): (trace: Trace) => Promise<Run> {
  return async (trace) => {
    const promise = judge(trace.commands.map(kindOf))
    const { ttlMs } = trace.settings
    const record = {
      history: [],
      ttlMs,
      deadlineMs: 2_500,
      keys: 'on',
      bounds: DEFAULT_BOUNDS,
      crashes: [],
      finals: new Set<string>(),
      hang: undefined,
    } as const
    return {
      ...record,
      trace,
      done: [],
      finding: promise === undefined ? undefined : finding(promise),
      decided: 'decided',
    }
  }
}

function search(run: Search['run'], more: Partial<Search> = {}): Search {
  return { arbitrary: arbitrary(), seed: 7, run, onFirst: () => {}, onShrink: () => {}, goesOn: () => true, ...more }
}

describe('the search', () => {
  it('finds nothing where every promise is kept', async () => {
    expect(await find(search(runner(() => undefined)))).toBeUndefined()
  })

  it('shrinks to the least that still breaks it', async () => {
    const found = await find(search(runner((kinds) => (kinds.includes('increment') ? 'exactly once' : undefined))))
    expect(found?.run.trace.commands.map(kindOf)).toEqual(['open', 'increment'])
    expect(found?.executions).toBeGreaterThan(1)
  })

  it('does not slip to another promise while it shrinks', async () => {
    const slippery = runner((kinds) => (kinds.includes('increment') ? 'exactly once' : 'recovery'))
    const found = await find(search(slippery))
    expect(found?.run.finding?.promise).toBe('exactly once')
  })

  it('never executes a trace twice', async () => {
    const executed: string[] = []
    const counting = runner((kinds) => (kinds.includes('increment') ? 'exactly once' : undefined))
    await find(
      search((trace) => {
        executed.push(JSON.stringify(trace))
        return counting(trace)
      }),
    )
    expect(new Set(executed).size).toBe(executed.length)
  })

  it('keeps the smallest so far when it may not go on', async () => {
    let left = 3
    const goesOn = () => left-- > 0
    const found = await find(
      search(
        runner(() => 'exactly once'),
        { goesOn },
      ),
    )
    expect(found?.executions).toBeLessThanOrEqual(4)
    expect(found?.run.finding?.promise).toBe('exactly once')
  })

  it('keeps what it found when something breaks while it shrinks', async () => {
    let executions = 0
    const breaking: Search['run'] = (trace) =>
      ++executions > 1 ? Promise.reject(new Error('the stack is gone')) : runner(() => 'exactly once')(trace)
    expect((await find(search(breaking)))?.run.finding?.promise).toBe('exactly once')
  })

  it('throws what broke below it, and takes it for no counterexample', async () => {
    const broken = () => Promise.reject(new Error('the stack is gone'))
    await expect(find(search(broken))).rejects.toThrow('the stack is gone')
  })

  it('runs an example in place of a random trace', async () => {
    const example: Trace = {
      format: 1,
      topology: { backends: 3, clients: 1 },
      settings: { ttlMs: 1 },
      commands: [{ open: { client: 0 } }],
    }
    const first: Trace[] = []
    await find(
      search(
        runner(() => undefined),
        { example, onFirst: ({ trace }) => first.push(trace) },
      ),
    )
    expect(first).toEqual([example])
  })
})
