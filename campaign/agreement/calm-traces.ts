// The traces that both tiers are asked: drawn by the generator of campaigns under a profile of their own, then calmed.
import fc from 'fast-check'
import type { Profile } from '../../properties/profile.ts'
import type { Trace } from '../../properties/trace.ts'
import { traces } from '../../properties/traces.ts'
import { calmed } from './calm.ts'

/** Few waits past a TTL: they take most of the time. */
const CALM: Profile = {
  name: 'calm',
  about: 'one call after the other, with faults in between',
  length: { min: 5, max: 12 },
  ttlWaits: 0.03,
  calls: {
    increment: 8,
    addNote: 4,
    getCounter: 2,
    listNotes: 2,
    summary: 3,
    resume: 4,
    peek: 4,
    analyze: 1,
    watch: 1,
  },
  faults: { kill: 3, stop: 1, pause: 2, end: 3, cut: 4, reset: 4, delay: 2, dropReplies: 3 },
  during: 0.4,
}

const SETTINGS = { topology: { backends: 3, clients: 2 }, settings: { ttlMs: 3_000 }, profile: CALM }

/** Always the same for the same number, whatever is drawn before. */
export function calmTrace(number: number): Trace {
  const [trace] = fc.sample(traces(SETTINGS), { seed: number, numRuns: 1 })
  if (!trace) throw new Error('nothing was drawn')
  return calmed(trace)
}
