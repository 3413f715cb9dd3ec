// With one instance and Redis up, a call succeeds within its deadline. Held for runs in which only instances come and
// go; calls that take long by themselves may meet their deadline in a second try, and without keys none is repeated.
import type { HistoryEvent } from '../../model/index.ts'
import { type CheckPromise, KEPT } from './promise.ts'

const INSTANCE_FAULTS = ['kill', 'stop', 'start', 'end']

export const failover: CheckPromise = ({ history, keys }) => {
  if (keys === 'off') return KEPT
  const short = new Set<string>()
  for (const event of history) {
    if (event.type === 'fault' && !INSTANCE_FAULTS.includes(event.fault)) return KEPT
    if (event.type === 'invocation' && event.call.kind !== 'analyze' && event.call.kind !== 'watch') short.add(event.op)
    if (event.type !== 'completion' || event.outcome === 'ok' || !short.has(event.op)) continue
    if (everNoneUp(history, event)) return KEPT
    return {
      kind: 'broken',
      promise: 'failover',
      property: 'Failover: with one instance and Redis up, a call succeeds within its deadline.',
      op: event.op,
      detail: `ended ${event.outcome}: ${event.reason}`,
    }
  }
  return KEPT
}

function everNoneUp(history: readonly HistoryEvent[], until: HistoryEvent): boolean {
  const names = history.flatMap((event) => (event.type === 'balancer' ? Object.keys(event.downs) : []))
  const up = new Set(names)
  for (const event of history.slice(0, history.indexOf(until))) {
    if (event.type !== 'fault') continue
    if (event.fault === 'kill' || event.fault === 'stop') up.delete(event.target)
    if (event.fault === 'start' && event.phase === 'inForce') up.add(event.target)
    if (up.size === 0) return true
  }
  return false
}
