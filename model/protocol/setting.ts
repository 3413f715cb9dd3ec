// The world that a search covers: what there is in it, and how often each thing may happen.
import type { Repeatability } from './rules.ts'

export interface Setting {
  readonly calls: Repeatability
  /** What S0 holds when the first call is made. */
  readonly start: 'some state' | 'no state'
  /** What DELETE ends: on our servers the protocol session, elsewhere its state too. */
  readonly deleteEnds: 'the protocol session' | 'the state too'
  /** Whether a second client takes a fork of the session that the first one holds, and calls there. */
  readonly secondClient: 'forks' | 'absent'
  /** How many sessions the client may open. */
  readonly sessions: number
  /** How many requests the network may deliver once more, and of which kinds. */
  readonly duplicates: number
  readonly doubled: 'calls alone' | 'calls and resumes'
  /** Whether what can change nothing any more is left out of a state. */
  readonly shortcuts: 'taken' | 'not taken'
}
