// Each call ends by its deadline, whatever happens to the stack.
import type { History } from '../../model/index.ts'
import { type CheckPromise, KEPT } from './promise.ts'

const PROMISE = {
  promise: 'no call hangs',
  property: 'No call hangs: each ends by its deadline as ok, as surely not executed, or as unknown.',
} as const

export const noCallHangs: CheckPromise = ({ history, deadlineMs, bounds, hang }) => {
  if (hang !== undefined) return { kind: 'broken', ...PROMISE, op: firstOpen(history), detail: hang }
  const invoked = new Map<string, number>()
  for (const event of history) {
    if (event.type === 'invocation') invoked.set(event.op, event.at)
    if (event.type !== 'completion') continue
    const took = event.at - (invoked.get(event.op) ?? event.at)
    if (took <= deadlineMs + bounds.deadlineSlackMs) continue
    return {
      kind: 'broken',
      ...PROMISE,
      op: event.op,
      detail: `took ${Math.round(took)} ms; its deadline was ${Math.round(deadlineMs)} ms`,
    }
  }
  return KEPT
}

/** The first operation that never ended, if any was running. */
function firstOpen(history: History): string {
  const ended = new Set(history.flatMap((event) => (event.type === 'completion' ? [event.op] : [])))
  const open = history.find((event) => event.type === 'invocation' && !ended.has(event.op))
  return open?.type === 'invocation' ? open.op : ''
}
