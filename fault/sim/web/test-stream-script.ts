// Draws scripts of what is done to streams: by their sources, by what they are piped through, and by their readers.
import fc from 'fast-check'

/** How a callback ends. What waits goes on, or fails, by a later step. */
type Ending = 'returns' | 'throws' | 'resolves' | 'rejects' | 'waits'

/** When it does what it does and ends so: before it returns, when the microtasks go on, or when they have settled. */
type Moment = 'at once' | 'soon' | 'later'

export type Put = { readonly put: 'chunk'; readonly chunk: unknown } | { readonly put: 'close' | 'error' | 'terminate' }

export interface Callback {
  readonly puts: readonly Put[]
  readonly when: Moment
  readonly ends: Ending
}

export interface SourceScript {
  readonly start: Callback | undefined
  readonly pulls: readonly Callback[] | undefined
  /** When the pulls after these end, which put nothing. */
  readonly furtherPulls: Moment
  readonly cancel: Callback | undefined
  readonly highWaterMark: number | undefined
}

/** What is given to a transform comes out as often as `copies` says, and without transforms as it is. */
export interface TransformScript {
  readonly start: Callback | undefined
  readonly transforms: readonly (Callback & { readonly copies: number })[] | undefined
  readonly flush: Callback | undefined
  readonly cancel: Callback | undefined
}

/** Streams, readers, iterators and transforms are counted from the first, and around. */
export type Deed =
  | { readonly do: 'put'; readonly put: Put }
  | { readonly do: 'put into transform'; readonly put: Put; readonly at: number }
  | { readonly do: 'let go' }
  | { readonly do: 'let fail' }
  | { readonly do: 'transform'; readonly at: number; readonly by: TransformScript }
  | { readonly do: Lone | Heard; readonly at: number; readonly isHeeded: boolean }

type Lone =
  | ('get reader' | 'cancel stream' | 'tee' | 'decode' | 'iterate' | 'iterate, prevent cancel')
  | ('release' | 'cancel' | 'return')
type Heard = 'read' | 'ask closed' | 'next'

export interface Script {
  readonly source: SourceScript
  readonly steps: readonly (readonly Deed[])[]
}

const TEXT = Buffer.from('\u{feff}a€😀é\u{feff}z')

/** Of a text, cut within its characters. */
export const BYTES: fc.Arbitrary<unknown> = fc
  .tuple(fc.nat(TEXT.length), fc.nat(3))
  .map(([from, length]) => new Uint8Array(TEXT.subarray(from, from + length)))

export const VALUES: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.nat(99), weight: 6 },
  { arbitrary: fc.constantFrom(undefined, null, ''), weight: 1 },
)

const common: fc.Arbitrary<Ending> = fc.constant('returns')
const endings = fc.oneof(
  { arbitrary: common, weight: 6 },
  { arbitrary: fc.constantFrom<Ending>('throws', 'resolves', 'resolves', 'rejects', 'waits', 'waits'), weight: 4 },
)
/** A constructor throws what `start` throws, and leaves nothing to compare. */
const startEndings = endings.map((ending) => (ending === 'throws' ? 'rejects' : ending))

const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 })
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary, weight: 1 })

export interface About {
  readonly chunks: fc.Arbitrary<unknown>
  /**
   * How many microtasks a promise takes is a matter of Node's version. Nothing depends on it where one stream is read. In
   * pipes and halves chunks are on their way then: there callbacks go on later, and no error comes right behind a chunk.
   */
  readonly with: 'readers' | 'pipes and halves'
}

/** Scripts of up to 16 steps about such chunks. */
export function scriptsOf({ chunks, with: others }: About): fc.Arbitrary<Script> {
  const isRace = others === 'pipes and halves'
  const goOn: Moment = isRace ? 'later' : 'soon'
  const later = (drawn: Callback): Callback => (isRace && drawn.ends !== 'waits' ? { ...drawn, when: goOn } : drawn)
  const callbacks = (puts: fc.Arbitrary<readonly Put[]>, ends: fc.Arbitrary<Ending>): fc.Arbitrary<Callback> =>
    fc
      .record({ puts, ends, when: fc.constantFrom<Moment>('at once', 'at once', goOn) })
      .map((drawn) => (drawn.ends === 'returns' ? drawn : later(drawn)))
  const chunk: fc.Arbitrary<Put> = fc.record({ put: fc.constant('chunk' as const), chunk: chunks })
  const end = (...ends: readonly ('close' | 'error' | 'terminate')[]): fc.Arbitrary<Put> =>
    fc.record({ put: fc.constantFrom(...ends) })
  const chunkOr = (other: fc.Arbitrary<Put>) =>
    fc.oneof({ arbitrary: chunk, weight: 6 }, { arbitrary: other, weight: 1 })
  const inSource = chunkOr(isRace ? end('close') : end('close', 'error'))
  const inTransform = chunkOr(end('terminate'))
  const few = (put: fc.Arbitrary<Put>, maxLength: number) => fc.array(put, { maxLength })
  const source: fc.Arbitrary<SourceScript> = fc.record({
    start: often(callbacks(few(inSource, 3), startEndings)),
    pulls: often(fc.array(callbacks(few(inSource, 3), endings).map(later), { maxLength: 8 })),
    furtherPulls: fc.constant(isRace ? goOn : 'at once'),
    cancel: often(callbacks(few(inSource, 2), endings)),
    highWaterMark: fc.constantFrom(undefined, undefined, undefined, 0, 2),
  })
  const transform = fc
    .tuple(callbacks(few(chunkOr(end('terminate', 'error')), 1), endings), fc.constantFrom(0, 1, 1, 2))
    .map(([callback, copies]) => ({ ...callback, copies: callback.puts[0]?.put === 'error' ? 0 : copies }))
  const by: fc.Arbitrary<TransformScript> = fc.record({
    start: seldom(few(chunk, 2).map((puts) => ({ puts, when: 'at once', ends: 'returns' }))),
    transforms: often(fc.array(transform, { maxLength: 8 })),
    flush: often(callbacks(few(inTransform, 2), endings)),
    cancel: seldom(callbacks(fc.constant([]), endings)),
  })
  const at = fc.nat(5)
  const isHeeded = fc.constantFrom(true, true, true, false)
  const deeds = (...names: readonly (Lone | Heard)[]): fc.Arbitrary<Deed> =>
    fc.record({ do: fc.constantFrom(...names), at, isHeeded })
  const put: fc.Arbitrary<Deed> = fc.record({ do: fc.constant('put' as const), put: inSource })
  const read = fc.oneof({ arbitrary: deeds('read', 'read', 'get reader'), weight: 8 }, deeds('ask closed'))
  const several = (deed: fc.Arbitrary<Deed>) => fc.array(deed, { minLength: 1, maxLength: 4 })
  const busy = isRace ? fc.oneof(several(put), several(read), several(read)) : several(fc.oneof(put, read, read))
  const alone: fc.Arbitrary<Deed> = fc.oneof(
    deeds('release', 'cancel', 'cancel stream', 'return', 'iterate', 'iterate, prevent cancel'),
    fc.record({ do: fc.constant('put' as const), put: end('error') }),
    ...(isRace
      ? [
          chunks === BYTES ? deeds('tee', 'decode') : deeds('tee'),
          fc.record({ do: fc.constant('transform' as const), at, by }),
          fc.record({ do: fc.constant('put into transform' as const), put: chunkOr(end('terminate', 'error')), at }),
        ]
      : []),
    fc.record({ do: fc.constantFrom('let go' as const, 'let go' as const, 'let fail' as const) }),
  )
  const step = fc.oneof(
    { arbitrary: busy, weight: 4 },
    { arbitrary: deeds('next').map((deed) => [deed]), weight: 1 },
    { arbitrary: alone.map((deed) => [deed]), weight: 3 },
  )
  return fc.record({ source, steps: fc.array(step, { minLength: 1, maxLength: 16 }) })
}
