// While the balancer has held an instance UP without a break, its sessions' calls are served by it. Another instance
// answers 404 to a session that it does not hold, so a 404 without a reason is a session sent astray. What the balancer
// counted decides, not how it looked when somebody asked.
import type { HistoryEvent } from '../../model/index.ts'
import { type CheckPromise, KEPT } from './promise.ts'

export const sticky: CheckPromise = ({ history, ttlMs }) => {
  const holder = new Map<string, { instance: string; lastUsed: number }>()
  const sessionOf = new Map<string, string>()
  for (const [at, event] of history.entries()) {
    if (event.type === 'attempt') sessionOf.set(event.op, event.session)
    if (event.type === 'completion' && event.outcome === 'ok' && event.instance !== undefined) {
      const session = sessionOf.get(event.op)
      if (session !== undefined) holder.set(session, { instance: event.instance, lastUsed: event.at })
    }
    if (event.type !== 'attemptEnded' || event.status !== 404) continue
    const held = holder.get(event.session)
    // An instance forgets a session that was idle for the TTL.
    if (!held || event.at - held.lastUsed > ttlMs) continue
    if (hasReason(history.slice(0, at), held.instance, event.session) || wentDown(history, held.instance)) continue
    return {
      kind: 'broken',
      promise: 'sticky',
      property: "Sticky: while the balancer holds an instance UP, its sessions' calls are served by it.",
      op: event.op,
      detail: `a try on a session of ${held.instance}, which was UP throughout, was answered 404`,
    }
  }
  return KEPT
}

/**
 * Whether something was done to the session, its instance, the way there, or to who remembers it. Replies held back are
 * only late.
 */
function hasReason(before: readonly HistoryEvent[], instance: string, session: string): boolean {
  const link = linkOf(before, instance)
  return before.some((event) => {
    if (event.type !== 'fault' || event.fault === 'holdReplies') return false
    return (
      event.fault === 'balancer' ||
      [instance, session].includes(event.target) ||
      event.target.split(', ').includes(link)
    )
  })
}

/** Links count instances from 1, in the order of the stack, which is how the balancer's counts name them too. */
function linkOf(history: readonly HistoryEvent[], instance: string): string {
  const counted = history.find((event) => event.type === 'balancer')
  const names = counted?.type === 'balancer' ? Object.keys(counted.downs) : []
  return `backend:${names.indexOf(instance) + 1}`
}

function wentDown(history: readonly HistoryEvent[], instance: string): boolean {
  const counts = history.flatMap((event) => (event.type === 'balancer' ? [event.downs[instance] ?? 0] : []))
  return counts.some((count) => count !== counts[0])
}
