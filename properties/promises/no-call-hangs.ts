// Each call ends by its deadline, whatever happens to the stack.
import { type CheckPromise, KEPT } from './promise.ts'

export const noCallHangs: CheckPromise = ({ history, deadlineMs, bounds }) => {
  const invoked = new Map<string, number>()
  for (const event of history) {
    if (event.type === 'invocation') invoked.set(event.op, event.at)
    if (event.type !== 'completion') continue
    const took = event.at - (invoked.get(event.op) ?? event.at)
    if (took <= deadlineMs + bounds.deadlineSlackMs) continue
    return {
      kind: 'broken',
      promise: 'no call hangs',
      property: 'No call hangs: each ends by its deadline as ok, as surely not executed, or as unknown.',
      op: event.op,
      detail: `took ${Math.round(took)} ms; its deadline was ${Math.round(deadlineMs)} ms`,
    }
  }
  return KEPT
}
