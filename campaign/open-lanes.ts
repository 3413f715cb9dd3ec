// Opens lanes on the tier that is asked for: long-lived stacks of processes, or threads that simulate a world a trace.
import type { EventLog } from './event-log.ts'
import type { Lane } from './lane.ts'
import type { Target } from './settings.ts'
import { openStackLane } from './stack-lane.ts'
import { openWorkerLanes } from './worker-lane.ts'

/** As many lanes as are asked for. @throws StackError where one of them cannot be opened; the others are closed. */
export async function openLanes(target: Target, count: number, signal: AbortSignal, log?: EventLog): Promise<Lane[]> {
  if (target.stack.tier === 'sim') return openWorkerLanes(target, count, signal, log)
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openStackLane(target, signal, log)))
  const lanes = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = opened.find((each) => each.status === 'rejected')
  if (!failed) return lanes
  await Promise.all(lanes.map((lane) => lane.close()))
  throw failed.reason
}
