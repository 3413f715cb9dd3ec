// Every state that there is, nearest first: so the first story found that breaks a promise is a shortest one.
import { callMoves } from './call-moves.ts'
import { canonical } from './canonical.ts'
import { copyMoves } from './copy-moves.ts'
import { forkMoves } from './fork-moves.ts'
import type { Promised } from './promises.ts'
import { resumeMoves } from './resume-moves.ts'
import { firstState, type State } from './state.ts'
import type { Move, Protocol, Step } from './step.ts'
import { storeMoves } from './store-moves.ts'
import { textOf } from './text.ts'

/** A way from the first state to one that broke a promise, or that was looked for. */
export interface Story {
  readonly steps: readonly Step[]
  /** How the last state breaks the promise. */
  readonly end: string
}

export type Found =
  | { readonly kind: 'kept'; readonly states: number }
  | { readonly kind: 'broken'; readonly promise: string; readonly story: Story; readonly states: number }

/** Looks into every reachable state, up to the first that breaks one of the promises. */
export function search(protocol: Protocol, promises: Readonly<Record<string, Promised>>): Found {
  const named = Object.entries(promises)
  let states = 0
  for (const reached of everyStep(protocol)) {
    states = reached.states
    for (const [promise, broken] of named) {
      const end = broken(reached.state, reached.trail?.step)
      if (end !== undefined) return { kind: 'broken', promise, story: { steps: stepsOf(reached.trail), end }, states }
    }
  }
  return { kind: 'kept', states }
}

/** How a state was come to: the last step, and what was before it. */
interface Trail {
  readonly step: Step
  readonly before: Trail | undefined
}

interface Visited {
  readonly state: State
  readonly trail: Trail | undefined
}

/** What every step from every state leads to, nearest first, and how many states have been seen by then. */
function* everyStep(protocol: Protocol): Generator<Visited & { readonly states: number }> {
  const first = firstState(protocol.setting)
  yield { state: first, trail: undefined, states: 1 }
  let level: Visited[] = [{ state: canonical(first, protocol), trail: undefined }]
  const seen = new Set(level.map(({ state }) => textOf(state)))
  while (level.length > 0) {
    const next: Visited[] = []
    for (const { state, trail } of level) {
      for (const move of moves(state, protocol)) {
        const after = { step: move.step, before: trail }
        const reached = canonical(move.state, protocol)
        const text = textOf(reached)
        if (!seen.has(text)) next.push({ state: reached, trail: after })
        seen.add(text)
        yield { state: move.state, trail: after, states: seen.size }
      }
    }
    level = next
  }
}

function* moves(state: State, protocol: Protocol): Generator<Move> {
  yield* callMoves(state, protocol)
  yield* storeMoves(state, protocol)
  yield* resumeMoves(state, protocol)
  yield* copyMoves(state, protocol)
  yield* forkMoves(state, protocol)
}

function stepsOf(trail: Trail | undefined): Step[] {
  const steps: Step[] = []
  for (let at = trail; at; at = at.before) steps.unshift(at.step)
  return steps
}
