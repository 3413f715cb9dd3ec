// Safety, then liveness: once everything is healed every client succeeds again. What was acknowledged and is missing
// then, the model tells.
import { type CheckPromise, KEPT } from './promise.ts'

export const recovery: CheckPromise = ({ history, finals }) => {
  for (const event of history) {
    if (event.type !== 'completion' || event.outcome === 'ok' || !finals.has(event.op)) continue
    return {
      kind: 'broken',
      promise: 'recovery',
      property: 'Recovery: once faults are healed, every client succeeds again.',
      op: event.op,
      detail: `ended ${event.outcome} after everything was healed: ${event.reason}`,
    }
  }
  return KEPT
}
