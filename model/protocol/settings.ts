// The worlds that are searched whole, and how many states each has. The page names these figures; protocol.test.ts
// makes them.
import type { Setting } from './setting.ts'

/** Two keyed calls, two sessions, nothing doubled: most stories need no more. */
export const SMALL: Setting = {
  calls: 'keyed',
  start: 'some state',
  deleteEnds: 'the protocol session',
  secondClient: 'absent',
  sessions: 2,
  duplicates: 0,
  doubled: 'calls and resumes',
  shortcuts: 'taken',
}

export interface Searched {
  readonly name: string
  readonly setting: Setting
  readonly states: number
}

export const SEARCHED: readonly Searched[] = [
  {
    name: 'two keyed calls, three sessions, a doubled request, a second client',
    setting: { ...SMALL, sessions: 3, duplicates: 1, secondClient: 'forks' },
    states: 81_144,
  },
  {
    name: 'two keyed calls, three sessions, no state to begin with',
    setting: { ...SMALL, sessions: 3, start: 'no state' },
    states: 16_303,
  },
  {
    name: 'calls without keys, three sessions, a second client',
    setting: { ...SMALL, sessions: 3, calls: 'keyless', secondClient: 'forks' },
    states: 1_535,
  },
  {
    name: 'two keyed calls, two sessions, a doubled request, DELETE ends the state too',
    setting: { ...SMALL, duplicates: 1, deleteEnds: 'the state too' },
    states: 14_117,
  },
]
