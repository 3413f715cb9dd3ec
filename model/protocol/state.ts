// One state of everything: the client, what the network still carries, the store, the second client. Plain data, so
// that two ways to the same state are seen to be the same.
import type { CallKey } from '../call.ts'
import type { Setting } from './setting.ts'
import { NOTHING_STORED, type Stored } from './stored.ts'

export const NO_SESSION = -1

/** What people call the calls: the client's two, and the second client's. */
export const CALL_NAMES = ['A', 'B', 'C']

type CallPhase = 'new' | 'sent' | 'waiting' | 'ok' | 'fail' | 'unknown'

export type Reply = 'ok' | 'stale'

export interface Call {
  readonly phase: CallPhase
  /** Where its last try was sent. */
  readonly session: number
  readonly lossesHere: number
  /** One unknown try makes it so for good. */
  readonly soFar: 'fail' | 'unknown'
  readonly keys: readonly CallKey[]
  /** What is on its way to the try that the client still listens to. */
  readonly replies: readonly Reply[]
}

/** A resume that the client waits for. */
export interface RunningResume {
  readonly from: number
  readonly to: number
  readonly key: CallKey | undefined
  readonly sent: number
  readonly replies: readonly Reply[]
}

export interface Client {
  /** Calls are sent on it. */
  readonly current: number
  /** The last that was confirmed to hold the state. */
  readonly confirmed: number
  /** The last that was opened. */
  readonly opened: number
  /** Bit per session: a resume from it has been sent. */
  readonly resumed: number
  readonly resume: RunningResume | undefined
  readonly nextSeq: number
  /** Bit per seq: its call has not ended. */
  readonly running: number
  readonly calls: readonly Call[]
}

/** A try's request: `undelivered` copies of it are under way, `heard` while the client listens for the reply. */
export interface CallRequest {
  readonly call: number
  readonly session: number
  readonly key: CallKey | undefined
  readonly heard: boolean
  readonly undelivered: number
}

export interface ResumeRequest {
  readonly from: number
  readonly to: number
  readonly key: CallKey | undefined
  readonly heard: boolean
  readonly undelivered: number
}

/** A copy that has read and has not written. `records` are absent while only the values were read. */
export interface Copying {
  readonly request: ResumeRequest
  readonly values: Pick<Stored, 'live' | 'effects'>
  readonly records: Stored['records'] | undefined
}

interface Network {
  readonly calls: readonly CallRequest[]
  readonly resumes: readonly ResumeRequest[]
  /** Bit per session: a DELETE of it is under way. */
  readonly deletes: number
  /** How many requests it may still deliver once more. */
  readonly duplicates: number
  /** Bit per call: the network has delivered a request of it twice. */
  readonly duplicated: number
}

interface Store {
  readonly sessions: readonly Stored[]
  readonly copying: readonly Copying[]
  /** Calls whose effect is written and whose record is not. */
  readonly recording: readonly CallRequest[]
}

/**
 * The second client's fork. `owed`: bit per call that was acknowledged when it asked for the fork. Once it has called
 * there nothing more can happen to it.
 */
export type Fork =
  | { readonly phase: 'none' }
  | { readonly phase: 'asked'; readonly from: number; readonly owed: number }
  | {
      readonly phase: 'called'
      readonly owed: number
      readonly held: Stored
      readonly admitted: 'new' | 'kept' | 'stale'
    }
  | { readonly phase: 'left' }

export interface State {
  readonly client: Client
  readonly network: Network
  readonly store: Store
  readonly fork: Fork
}

const NEW_CALL: Call = { phase: 'new', session: NO_SESSION, lossesHere: 0, soFar: 'fail', keys: [], replies: [] }

/** S0 is open and held, and nothing has been called. */
export function firstState({ start, sessions, duplicates }: Setting): State {
  const s0: Stored = { ...NOTHING_STORED, live: start === 'some state' }
  return {
    client: {
      current: 0,
      confirmed: 0,
      opened: 0,
      resumed: 0,
      resume: undefined,
      nextSeq: 1,
      running: 0,
      calls: [NEW_CALL, NEW_CALL],
    },
    network: { calls: [], resumes: [], deletes: 0, duplicates, duplicated: 0 },
    store: {
      sessions: [s0, ...Array.from({ length: sessions - 1 }, () => NOTHING_STORED)],
      copying: [],
      recording: [],
    },
    fork: { phase: 'none' },
  }
}

export function hasBit(bits: number, index: number): boolean {
  return (bits & (1 << index)) !== 0
}

export function withBit(bits: number, index: number): number {
  return bits | (1 << index)
}

export function replaced<T>(list: readonly T[], index: number, item: T): T[] {
  return list.map((old, at) => (at === index ? item : old))
}
