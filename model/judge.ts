// The judge: can this history be explained? It folds the history segment by segment over the set of worlds; where none
// is left it names the first impossible answer, and what might have been answered in its place.
import { type Access, type Accesses, accesses, type OpenAttempt } from './access.ts'
import { type Answer, resumedFrom } from './call.ts'
import type { History } from './history.ts'
import { leaving, type SearchSettings, type Segment, search } from './search.ts'
import { FIRST_WORLD, forgetExpired, type World } from './world.ts'

export interface JudgeSettings {
  readonly ttlMs: number
  /** How far two clocks may differ over one TTL. */
  readonly clockSlackMs: number
  /** Search steps for one segment before the verdict is `undecided`. */
  readonly budget?: number
}

/** The promise of the system that an impossible answer breaks. */
export const PROMISES_OF_THE_MODEL = ['no lost update', 'exactly once', 'isolation', 'ttl', 'linearizable'] as const

export type BrokenPromise = (typeof PROMISES_OF_THE_MODEL)[number]

export type Verdict =
  | { readonly kind: 'explained'; readonly worlds: number }
  | {
      readonly kind: 'impossible'
      readonly promise: BrokenPromise
      /** The first operation whose answer no world gives, or `resume FROM -> TO` for a client's own resume. */
      readonly op: string
      readonly answer: Answer
      /** What it might have been answered. */
      readonly allowed: readonly Answer[]
      /** How many answers before it were explained. */
      readonly explained: number
    }
  | { readonly kind: 'undecided'; readonly op: string }

const DEFAULT_BUDGET = 100_000

/** Judges a whole history. Pure: the same history always gets the same verdict. */
export function judge(history: History, settings: JudgeSettings): Verdict {
  const found = accesses(history)
  const { ttlMs, clockSlackMs, budget = DEFAULT_BUDGET } = settings
  const verdict = fold(found, { expiry: { ttlMs, clockSlackMs, judged: 'strictly' }, budget })
  if (verdict.kind !== 'impossible') return verdict
  const loose = fold(found, { expiry: { ttlMs, clockSlackMs, judged: 'loosely' }, budget })
  const isAboutTime = loose.kind === 'explained' || (loose.kind === 'impossible' && loose.op !== verdict.op)
  return isAboutTime ? { ...verdict, promise: 'ttl' } : verdict
}

interface Fold {
  readonly worlds: readonly World[]
  readonly opened: number
  readonly explained: number
  readonly left: ReadonlySet<string>
}

function fold(found: Accesses, settings: SearchSettings): Verdict {
  let state: Fold = { worlds: [FIRST_WORLD], opened: 0, explained: 0, left: new Set() }
  for (const answered of segments(found.answered)) {
    const segment = segmentOf(answered, found.open.slice(state.opened), state.left)
    const result = search(state.worlds, segment, settings)
    if (result.ended === 'outOfBudget') {
      return { kind: 'undecided', op: answered.at(-1)?.op ?? '' }
    }
    if (result.worlds.length === 0) return firstImpossible(state, found, answered, settings)
    state = {
      worlds: result.worlds.map((world) => forgetExpired(world, Math.max(...answered.map(({ end }) => end)))),
      opened: state.opened + segment.open.length,
      explained: state.explained + answered.length,
      left: new Set([...state.left, ...answered.flatMap(leftBy)]),
    }
  }
  return { kind: 'explained', worlds: state.worlds.length }
}

function leftBy({ by, client, call }: Access): string[] {
  const source = resumedFrom(call)
  return by === 'client' && source !== undefined ? [leaving(client, source)] : []
}

function segmentOf(answered: readonly Access[], open: readonly OpenAttempt[], left: ReadonlySet<string>): Segment {
  const end = Math.max(...answered.map((access) => access.end))
  return { answered, open: open.filter(({ start }) => start <= end), left }
}

/** Maximal runs of accesses in which each overlaps one before it. */
function segments(answered: readonly Access[]): Access[][] {
  const found: { accesses: Access[]; end: number }[] = []
  for (const access of [...answered].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1)
    if (last && access.start <= last.end) {
      last.accesses.push(access)
      last.end = Math.max(last.end, access.end)
    } else {
      found.push({ accesses: [access], end: access.end })
    }
  }
  return found.map(({ accesses: own }) => own.sort((a, b) => a.end - b.end))
}

/**
 * The first completion at which no explanation is left: with the segment's accesses up to it answered, and the later
 * ones still running, which may or may not have taken effect.
 */
function firstImpossible(state: Fold, found: Accesses, answered: readonly Access[], settings: SearchSettings): Verdict {
  const pendingSoFar = found.open.slice(state.opened)
  for (const [index, access] of answered.entries()) {
    const running = answered.slice(index + 1).filter(({ start }) => start <= access.end)
    const open = [...pendingSoFar, ...running].sort((a, b) => a.start - b.start)
    const segment = segmentOf(answered.slice(0, index + 1), open, state.left)
    const result = search(state.worlds, segment, settings)
    if (result.ended === 'outOfBudget') return { kind: 'undecided', op: access.op }
    if (result.worlds.length > 0) continue
    const { allowed } = search(state.worlds, segment, { ...settings, free: access.op })
    const explained = state.explained + index
    const { op, answer } = access
    return { kind: 'impossible', promise: promiseOf(access, allowed), op, answer, allowed, explained }
  }
  throw new Error('a segment without an explanation has a first impossible answer')
}

/** Which promise an answer breaks, by how it differs from what was allowed. */
function promiseOf({ answer, call, by }: Access, allowed: readonly Answer[]): BrokenPromise {
  if (answer.kind === 'changes') return 'linearizable'
  // No answer at all was possible: the client had left the session, so nothing done there counts on its branch.
  if (allowed.length === 0) return 'no lost update'
  const got = amount(answer)
  if (got === undefined || allowed.some(({ kind }) => kind !== answer.kind)) return 'linearizable'
  const expected = allowed.map(amount).filter((each) => each !== undefined)
  if (expected.every((each) => got < each)) return 'no lost update'
  if (!expected.every((each) => got > each)) return 'linearizable'
  return call.kind === 'resume' && by === 'caller' ? 'isolation' : 'exactly once'
}

/** How many writes an answer shows, where that is its meaning. */
function amount(answer: Answer): number | undefined {
  switch (answer.kind) {
    case 'counter':
      return answer.counter
    case 'notesCount':
      return answer.count
    case 'notes':
      return answer.notes.length
    case 'summary':
      return answer.counter + answer.notes.length + (answer.analysis ? 1 : 0)
    case 'resumed':
      return answer.keysCopied
    default:
      return undefined
  }
}
