// A call as the atomic steps that it makes in the store, each with the interval that it lies in. Most calls are one
// step; `watch` is one for each look, and a resume into another session is a snapshot of the one, then a write of the other.
import type { Access } from './access.ts'
import type { Call } from './call.ts'
import type { Interval } from './deadline.ts'

type StepKind = 'write' | 'read' | 'snapshot' | 'merge'

export interface Step {
  readonly kind: StepKind
  readonly at: Interval
}

/** How long the tools take by their own clock, in milliseconds. */
const LOOK_EVERY_MS = 500
const ANALYZE_BEFORE_MS = 500
const ANALYZE_ITEM_MS = 300
const ANALYZE_AFTER_MS = 300

/** A timer may fire this much before its time, of the time that it takes. */
const TIMER_EARLY = 0.02

export function stepsOf(access: Pick<Access, 'call' | 'start' | 'end' | 'repeated'>): Step[] {
  const { call, start, end, repeated } = access
  const whole = { earliest: start, latest: end }
  switch (call.kind) {
    case 'increment':
    case 'addNote':
      return [{ kind: 'write', at: whole }]
    case 'analyze': {
      // A call answered from its record takes no time.
      const earliest = repeated === 'repeat' ? start : start + analyzeMs(call) * (1 - TIMER_EARLY)
      return [{ kind: 'write', at: { earliest: Math.min(earliest, end), latest: end } }]
    }
    case 'watch':
      return looks(lookCount(call), start, end)
    case 'resume':
      if (call.from === 'own') return [{ kind: 'read', at: whole }]
      return [
        { kind: 'snapshot', at: whole },
        { kind: 'merge', at: whole },
      ]
    default:
      return [{ kind: 'read', at: whole }]
  }
}

function analyzeMs(call: Extract<Call, { kind: 'analyze' }>): number {
  return ANALYZE_BEFORE_MS + call.items * ANALYZE_ITEM_MS + ANALYZE_AFTER_MS
}

/** One look at once, then one every half second. */
export function lookCount(call: Extract<Call, { kind: 'watch' }>): number {
  return 1 + (call.seconds * 1000) / LOOK_EVERY_MS
}

function looks(count: number, start: number, end: number): Step[] {
  return Array.from({ length: count }, (_, index) => {
    const before = index * LOOK_EVERY_MS * (1 - TIMER_EARLY)
    const after = (count - 1 - index) * LOOK_EVERY_MS * (1 - TIMER_EARLY)
    return { kind: 'read', at: { earliest: start + before, latest: Math.max(start + before, end - after) } }
  })
}
