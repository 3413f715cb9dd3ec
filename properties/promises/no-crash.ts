// No instance ends but by the trace's own doing: healed away, a crash would show as a failover that went well.
import { type CheckPromise, KEPT } from './promise.ts'

export const noCrash: CheckPromise = ({ crashes }) => {
  const [first] = crashes
  if (!first) return KEPT
  return {
    kind: 'broken',
    promise: 'no crash',
    property: 'No crash: an instance runs until it is told to end.',
    op: '',
    detail: `${first.backend} ended by itself (${first.how}); the end of its log: ${first.log}`,
  }
}
