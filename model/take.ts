// One step of an access in one world: the worlds that may follow, and what the step saw. Whether that is what was
// answered is not asked here.
import type { Access } from './access.ts'
import { merge, touched, write } from './apply.ts'
import { type Answer, type Call, resumedFrom, type SessionId } from './call.ts'
import type { Expiry, Interval } from './deadline.ts'
import { type Budget, pendingApplied, type Sight } from './pending.ts'
import { look, NO_VALUES, type SessionState } from './session.ts'
import type { Step } from './steps.ts'
import { forkByExpiry, type World } from './world.ts'

export interface Taken {
  readonly world: World
  /** What the step saw: the call's answer, or one look of several; nothing for a snapshot. */
  readonly saw: Answer | undefined
  /** What a snapshot took, for the write that follows. */
  readonly snapshot?: SessionState | undefined
}

export interface StepContext {
  readonly access: Pick<Access, 'session' | 'call' | 'key'>
  readonly step: Step
  readonly snapshot: SessionState | undefined
  readonly expiry: Expiry
  readonly budget: Budget
}

/** Every way that this step can go from this world. */
export function take(world: World, context: StepContext): Taken[] {
  const { access, step, expiry, budget } = context
  const target = targetOf(access)
  const seen = step.kind === 'snapshot' ? snapshotOf(access) : target
  const observation = {
    session: seen,
    sight: sightOf(access.call),
    at: step.at,
    expiry,
    budget,
    key: step.kind === 'write' ? access.key : undefined,
  }
  return pendingApplied(world, observation).flatMap((before) =>
    forkByExpiry(before, seen, step.at).flatMap((now) => takeNow(now, target, context)),
  )
}

function takeNow(world: World, target: SessionId, context: StepContext): Taken[] {
  const { access, step, expiry, snapshot } = context
  switch (step.kind) {
    case 'write':
      return write(world, access, step.at, expiry)
    case 'read':
      return [read(world, target, access, step.at, expiry)]
    case 'snapshot':
      return [{ world, saw: undefined, snapshot: world.sessions.get(snapshotOf(access)) }]
    case 'merge':
      return merge(world, access, snapshot, step.at, expiry)
    default:
      return step.kind satisfies never
  }
}

function targetOf({ session, call }: StepContext['access']): SessionId {
  return call.kind === 'summary' && call.of !== 'own' ? call.of.id : session
}

function snapshotOf({ session, call }: StepContext['access']): SessionId {
  return resumedFrom(call) ?? session
}

/** Which pending writes can change what this call sees. */
function sightOf(call: Call): Sight {
  switch (call.kind) {
    case 'increment':
    case 'getCounter':
    case 'watch':
      return 'counter'
    case 'addNote':
    case 'listNotes':
      return 'notes'
    case 'analyze':
      return 'analysis'
    default:
      return 'all'
  }
}

function read(world: World, target: SessionId, access: StepContext['access'], at: Interval, expiry: Expiry): Taken {
  const values = world.sessions.get(target)?.values ?? NO_VALUES
  const saw: Answer = look(access.call, values) ?? { kind: 'sameSession' }
  // Reading another session's summary slides nothing.
  return { world: target === access.session ? touched(world, target, at, expiry) : world, saw }
}
