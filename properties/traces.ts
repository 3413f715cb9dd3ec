// The one arbitrary of ours: traces, generated knowing the state and shrunk without context.
import fc from 'fast-check'
import { generateTrace, type TraceSettings } from './generate.ts'
import { smallerTraces } from './shrink.ts'
import type { Trace } from './trace.ts'

class TraceArbitrary extends fc.Arbitrary<Trace> {
  readonly #settings: TraceSettings

  constructor(settings: TraceSettings) {
    super()
    this.#settings = settings
  }

  generate(random: fc.Random): fc.Value<Trace> {
    return new fc.Value(generateTrace(random, this.#settings), undefined)
  }

  /** fast-check shrinks an example, a trace from a file say, only where the arbitrary could have made it. */
  canShrinkWithoutContext(value: unknown): value is Trace {
    return typeof value === 'object' && value !== null && 'commands' in value
  }

  shrink(trace: Trace): fc.Stream<fc.Value<Trace>> {
    return fc.stream(smallerTraces(trace)).map((smaller) => new fc.Value(smaller, undefined))
  }
}

/** Random traces under a profile, for `fc.property` and `fc.check`. */
export function traces(settings: TraceSettings): fc.Arbitrary<Trace> {
  return new TraceArbitrary(settings)
}
