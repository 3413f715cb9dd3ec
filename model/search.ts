// The linearizability search over one segment: accesses that overlap, taken in every order that real time allows, from
// each world. After Wing and Gong (1993) with Lowe's memo of visited configurations ("Testing for linearizability", 2017).
import type { Access, OpenAttempt } from './access.ts'
import { type Answer, resumedFrom, sameAnswer } from './call.ts'
import type { Expiry } from './deadline.ts'
import type { Budget } from './pending.ts'
import type { SessionState } from './session.ts'
import { lookCount, type Step, stepsOf } from './steps.ts'
import { take } from './take.ts'
import { addPending, stateKey, type World, worldKey } from './world.ts'

export interface Segment {
  readonly answered: readonly Access[]
  /** Attempts of unknown outcome that were sent before the segment's end and are in no world yet. */
  readonly open: readonly OpenAttempt[]
  /** `client session` of each session that a client had left by a resume before this segment. */
  readonly left: ReadonlySet<string>
}

export interface SearchSettings {
  readonly expiry: Expiry
  /** Configurations visited before the search gives up. */
  readonly budget: number
  /** The access whose answer is left free: every answer that it might have been given is collected. */
  readonly free?: string | undefined
}

export interface SearchResult {
  /** The worlds after the segment; none where no order explains its answers. */
  readonly worlds: readonly World[]
  /** What the free access might have been answered. */
  readonly allowed: readonly Answer[]
  readonly ended: 'complete' | 'outOfBudget'
}

/** What an access carries from one of its steps to the next. */
interface Carried {
  readonly done: number
  readonly snapshot?: SessionState | undefined
  readonly lastLook?: number
}

interface Configuration {
  readonly world: World
  readonly carried: readonly Carried[]
  /** How many of the segment's open attempts are in the world. */
  readonly opened: number
}

export function search(worlds: readonly World[], segment: Segment, settings: SearchSettings): SearchResult {
  const steps = segment.answered.map((access) => stepsOf(access))
  const stack: Configuration[] = worlds.map((world) => ({
    world,
    carried: segment.answered.map(() => ({ done: 0 })),
    opened: 0,
  }))
  const visited = new Set<string>()
  const ends = new Map<string, World>()
  const frame: Frame = { segment, steps, settings, allowed: new Map(), budget: { left: settings.budget } }
  for (let each = stack.pop(); each && frame.budget.left > 0; each = stack.pop()) {
    const key = configurationKey(each)
    if (visited.has(key)) continue
    visited.add(key)
    if (each.carried.every(({ done }, index) => done === steps[index]?.length)) {
      const world = opened(each.world, segment.open.slice(each.opened))
      ends.set(worldKey(world), world)
    }
    for (const index of segment.answered.keys()) stack.push(...advance(each, index, frame))
  }
  const ended = frame.budget.left > 0 ? 'complete' : 'outOfBudget'
  return { worlds: [...ends.values()], allowed: [...frame.allowed.values()], ended }
}

interface Frame {
  readonly segment: Segment
  readonly steps: readonly (readonly Step[])[]
  readonly settings: SearchSettings
  readonly allowed: Map<string, Answer>
  readonly budget: Budget
}

/** The configurations after the next step of one access, or none where it cannot come next. */
function advance(from: Configuration, index: number, frame: Frame): Configuration[] {
  const { segment, steps, settings, allowed, budget } = frame
  const access = segment.answered[index]
  const carried = from.carried[index]
  const step = carried && steps[index]?.[carried.done]
  if (!access || !carried || !step || !mayComeNext(from, index, step, frame)) return []
  const ready = openBefore(from, step, frame)
  const isLast = carried.done + 1 === steps[index]?.length
  const context = { access, step, snapshot: carried.snapshot, expiry: settings.expiry, budget }
  return take(ready.world, context).flatMap((taken) => {
    const fits = isFitting(access, carried, taken.saw, settings)
    if (fits && isLast && access.op === settings.free && taken.saw) allowed.set(JSON.stringify(taken.saw), taken.saw)
    if (!fits) return []
    const next: Carried = {
      done: carried.done + 1,
      ...(taken.snapshot && { snapshot: taken.snapshot }),
      ...(taken.saw?.kind === 'counter' && access.call.kind === 'watch' && { lastLook: taken.saw.counter }),
    }
    return [{ ...ready, world: taken.world, carried: from.carried.with(index, next) }]
  })
}

/** Whether no unfinished step of another access must come before this one. */
function mayComeNext(from: Configuration, index: number, step: Step, { segment, steps }: Frame): boolean {
  const access = segment.answered[index]
  if (!access || segment.left.has(leaving(access.client, access.session))) return false
  return segment.answered.every((other, at) => {
    if (at === index) return true
    const next = steps[at]?.[from.carried[at]?.done ?? 0]
    if (!next) return true
    if (next.at.latest < step.at.earliest) return false
    return !(step.kind === 'snapshot' && mustPrecedeSnapshot(other, access))
  })
}

/**
 * A client follows one branch: what it was answered on a session counts for the sessions that it resumed from it, so
 * that all of it lies before its own resume's snapshot.
 */
function mustPrecedeSnapshot(other: Access, resume: Access): boolean {
  return resume.by === 'client' && other.client === resume.client && other.session === resumedFrom(resume.call)
}

/** How `left` names a session that a client has left. */
export function leaving(client: string, session: string): string {
  return `${client} ${session}`
}

/** Puts the open attempts that may come before this step into the world, unless another step surely precedes them. */
function openBefore(from: Configuration, step: Step, { segment, steps }: Frame): Configuration {
  const earliestEnd = Math.min(...steps.map((own, at) => own[from.carried[at]?.done ?? 0]?.at.latest ?? Infinity))
  const due = segment.open.slice(from.opened).filter(({ start }) => start <= step.at.latest && start <= earliestEnd)
  return { ...from, world: opened(from.world, due), opened: from.opened + due.length }
}

function opened(world: World, attempts: readonly OpenAttempt[]): World {
  return attempts.reduce(
    (each, { session, call, key, start }) => addPending(each, { session, call, key, since: start }),
    world,
  )
}

/** Whether what a step saw agrees with what the caller was answered. */
function isFitting(access: Access, carried: Carried, saw: Answer | undefined, { free }: SearchSettings): boolean {
  if (!saw) return true
  if (access.call.kind === 'watch') return saw.kind === 'counter' && isExpectedLook(access, carried, saw.counter)
  return access.op === free || sameAnswer(saw, access.answer)
}

/** The answer of a watch tells what each look saw: the changes, and between them the same as the look before. */
function isExpectedLook({ answer, call }: Access, carried: Carried, counter: number): boolean {
  if (answer.kind !== 'changes' || call.kind !== 'watch') return false
  const { changes } = answer
  const change = changes.find(({ at }) => at * 2 === carried.done)
  if (changes.some(({ at }) => !Number.isInteger(at * 2) || at * 2 < 1 || at * 2 >= lookCount(call))) return false
  if (change) return carried.lastLook === change.from && counter === change.to && change.from !== change.to
  return carried.lastLook === undefined || carried.lastLook === counter
}

function configurationKey({ world, carried, opened: open }: Configuration): string {
  const steps = carried.map(({ done, snapshot, lastLook }) => `${done} ${stateKey(snapshot)} ${lastLook}`)
  return `${worldKey(world)} ${steps.join(' ')} ${open}`
}
