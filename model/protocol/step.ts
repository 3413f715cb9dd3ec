// Everything that can happen in one step. Which of them may happen in a state is decided where they are made.
import type { CallKey } from '../call.ts'
import type { FailureCause, Rules } from './rules.ts'
import type { Setting } from './setting.ts'
import type { State } from './state.ts'

/** What is searched: rules in a setting. */
export interface Protocol {
  readonly rules: Rules
  readonly setting: Setting
}

/** How a request came: as it was sent, or once more because the network doubled it. */
export type Arrival = 'first' | 'again'

type CopyRoute = { readonly from: number; readonly to: number }

export type Step =
  | { readonly kind: 'send'; readonly call: number; readonly on: number; readonly key: CallKey | undefined }
  | { readonly kind: 'execute'; readonly call: number; readonly on: number; readonly arrival: Arrival }
  | { readonly kind: 'executeUnrecorded'; readonly call: number; readonly on: number; readonly arrival: Arrival }
  | { readonly kind: 'record'; readonly call: number; readonly on: number }
  | { readonly kind: 'answerFromRecord'; readonly call: number; readonly on: number; readonly arrival: Arrival }
  | { readonly kind: 'refuseStale'; readonly call: number; readonly on: number; readonly arrival: Arrival }
  | { readonly kind: 'hear'; readonly call: number; readonly on: number; readonly outcome: 'ok' | 'fail' | 'unknown' }
  | { readonly kind: 'failTry'; readonly call: number; readonly on: number; readonly cause: FailureCause }
  | { readonly kind: 'giveUp'; readonly call: number; readonly outcome: 'fail' | 'unknown' }
  | ({
      readonly kind: 'resume'
      readonly key: CallKey | undefined
      /** The calls whose tries on `from` it gives up with that. */
      readonly givenUp: readonly number[]
      readonly deletes: 'from' | 'nothing'
    } & CopyRoute)
  | ({
      readonly kind: 'read' | 'readValues' | 'readRecords'
      readonly arrival: Arrival
      readonly found: readonly number[]
    } & CopyRoute)
  | ({ readonly kind: 'write'; readonly values: readonly number[] } & CopyRoute)
  | ({ readonly kind: 'copyNothing' | 'copyFromRecord' | 'copyStale'; readonly arrival: Arrival } & CopyRoute)
  | ({
      readonly kind: 'resumeEnds'
      readonly end: ResumeEnd
      readonly then: 'confirm' | 'again' | 'abandon'
    } & CopyRoute)
  | { readonly kind: 'deleteArrives'; readonly session: number }
  | { readonly kind: 'forkAsked'; readonly from: number }
  | {
      readonly kind: 'forkCalled'
      readonly from: number
      readonly values: readonly number[]
      readonly admitted: 'new' | 'kept' | 'stale'
    }

/** What the client hears of its resume: its reply, a refusal that surely did nothing, or nothing. */
export type ResumeEnd = 'ok' | 'stale' | 'store_unavailable' | 'nothing'

/** A step and where it leads. */
export interface Move {
  readonly step: Step
  readonly state: State
}
