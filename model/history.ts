// Everything that happened in one run, in the order of the harness's monotonic clock (milliseconds): what clients
// asked and were answered, what their tries and resumes went through, and which faults were in force.
import type { Answer, Call, CallKey, SessionId } from './call.ts'

export type Outcome = 'ok' | 'fail' | 'unknown'

export type HistoryEvent =
  /** An operation begins. `op` names it for the rest of the history. */
  | {
      readonly type: 'invocation'
      readonly at: number
      readonly op: string
      readonly client: string
      readonly call: Call
    }
  /** It ended `ok`: this was the answer, and that instance gave it. */
  | {
      readonly type: 'completion'
      readonly at: number
      readonly op: string
      readonly outcome: 'ok'
      readonly answer: Answer
      readonly instance?: string
    }
  /** It ended without an answer: surely not executed, or nobody knows. */
  | {
      readonly type: 'completion'
      readonly at: number
      readonly op: string
      readonly outcome: 'fail' | 'unknown'
      readonly reason: string
    }
  /** The client sends one try of it on a session. */
  | {
      readonly type: 'attempt'
      readonly at: number
      readonly op: string
      readonly session: SessionId
      readonly try: number
      readonly key?: CallKey | undefined
    }
  | {
      readonly type: 'attemptEnded'
      readonly at: number
      readonly op: string
      readonly session: SessionId
      readonly try: number
      readonly outcome: Outcome
      readonly reason: string
      readonly status?: number | undefined
    }
  /** The client of itself resumes one session into another; told again each time it sends it. */
  | {
      readonly type: 'resuming'
      readonly at: number
      readonly client: string
      readonly from: SessionId
      readonly to: SessionId
      readonly key?: CallKey | undefined
    }
  | {
      readonly type: 'resumed'
      readonly at: number
      readonly client: string
      readonly from: SessionId
      readonly to: SessionId
      readonly keysCopied: number
    }
  | {
      readonly type: 'abandoned'
      readonly at: number
      readonly client: string
      readonly session: SessionId
      readonly reason: string
    }
  /** A fault, or its healing: asked for, in force. `target` says what was hit, `inFlight` how many calls ran then. */
  | {
      readonly type: 'fault'
      readonly at: number
      readonly fault: string
      readonly target: string
      readonly phase: 'asked' | 'inForce'
      readonly inFlight: number
    }
  /** What the balancer counted so far: how often each instance went from UP to DOWN. */
  | { readonly type: 'balancer'; readonly at: number; readonly downs: Readonly<Record<string, number>> }

export type History = readonly HistoryEvent[]
