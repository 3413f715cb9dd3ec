// A promise of the system as a property: its name, the promise in a sentence, and what in a run breaks it.

import type { Crash } from '../../fault/stack.ts'
import type { History } from '../../model/index.ts'
import type { Bounds } from '../bounds.ts'

/** What is known of a run once it has ended. */
export interface RunRecord {
  readonly history: History
  readonly ttlMs: number
  /** A call's deadline, in milliseconds. */
  readonly deadlineMs: number
  readonly keys: 'on' | 'off'
  readonly bounds: Bounds
  /** Instances that ended by themselves. */
  readonly crashes: readonly Crash[]
  /** The operations after everything was healed. */
  readonly finals: ReadonlySet<string>
  /** Where the run came to a standstill: what was pending. */
  readonly hang: string | undefined
}

/** A promise that was broken. */
export interface Finding {
  readonly promise: string
  /** The promise in a sentence. */
  readonly property: string
  /** The first operation that breaks it. */
  readonly op: string
  /** What happened, and what should have. */
  readonly detail: string
}

export type Checked =
  | { readonly kind: 'kept' }
  | { readonly kind: 'undecided' }
  | ({ readonly kind: 'broken' } & Finding)

export const KEPT: Checked = { kind: 'kept' }

export type CheckPromise = (run: RunRecord) => Checked
