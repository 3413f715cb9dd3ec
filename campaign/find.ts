// One trace of a campaign under fast-check: generated from its seed, run, and where it breaks a promise, shrunk to the
// smallest trace that still breaks one of the same kind.
import fc from 'fast-check'
import { PROMISES_OF_THE_MODEL } from '../model/index.ts'
import type { Run } from '../properties/run-trace.ts'
import type { Trace } from '../properties/trace.ts'

export interface Search {
  readonly arbitrary: fc.Arbitrary<Trace>
  readonly seed: number
  /** A trace to run in place of a random one. */
  readonly example?: Trace
  readonly run: (trace: Trace) => Promise<Run>
  /** The first run, before any shrinking. */
  readonly onFirst: (run: Run) => void
  /** Each run while shrinking. */
  readonly onShrink: () => void
  /** Whether shrinking goes on: asked before each execution. */
  readonly goesOn: () => boolean
}

export interface Counterexample {
  /** The run of the smallest trace. */
  readonly run: Run
  readonly first: Trace
  /** Runs it took, the first one included. */
  readonly executions: number
}

/**
 * Runs one trace and shrinks it where it breaks a promise.
 * @throws whatever a run throws: a broken stack is nobody's counterexample.
 */
export async function find(search: Search): Promise<Counterexample | undefined> {
  const { arbitrary, seed, example, run, onFirst, onShrink, goesOn } = search
  const seen = new Set<string>()
  let first: Run | undefined
  let smallest: Run | undefined
  let thrown: { error: unknown } | undefined
  const holds = async (trace: Trace): Promise<boolean> => {
    const key = JSON.stringify(trace)
    if (thrown || seen.has(key) || (first && !goesOn())) return true
    seen.add(key)
    try {
      const result = await run(trace)
      if (first) onShrink()
      else onFirst(result)
      const kind = first?.finding && kindOfFinding(first)
      first ??= result
      if (!result.finding || (kind !== undefined && kindOfFinding(result) !== kind)) return true
      smallest = result
      return false
    } catch (error) {
      // Thrown through fast-check it would count as a failure of the trace, and be shrunk.
      thrown = { error }
      return true
    }
  }
  await fc.check(fc.asyncProperty(arbitrary, holds), {
    seed,
    numRuns: 1,
    ...(example && { examples: [[example]] }),
  })
  // What was found before something broke, or somebody pressed Ctrl-C, is not lost.
  if (thrown && !smallest) throw thrown.error
  if (!smallest || !first) return undefined
  return { run: smallest, first: first.trace, executions: seen.size }
}

/** What the model judges is one kind: while a trace shrinks, a lost write may come to show as an expired one. */
function kindOfFinding({ finding }: Run): string | undefined {
  return finding && (PROMISES_OF_THE_MODEL.some((promise) => promise === finding.promise) ? 'judged' : finding.promise)
}
