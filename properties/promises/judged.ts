// No lost update, exactly once, linearizable, isolation, TTL: all that the model can judge, in one.
import { describeAnswer, describePromise, judge } from '../../model/index.ts'
import { type CheckPromise, KEPT } from './promise.ts'

/** More would not be read. */
const MOST_ALLOWED_TOLD = 4

export const judged: CheckPromise = ({ history, ttlMs, bounds }) => {
  const verdict = judge(history, { ttlMs, clockSlackMs: bounds.clockSlackMs })
  if (verdict.kind === 'undecided') return { kind: 'undecided' }
  if (verdict.kind === 'explained') return KEPT
  const allowed = verdict.allowed.slice(0, MOST_ALLOWED_TOLD).map(describeAnswer)
  const more = verdict.allowed.length > MOST_ALLOWED_TOLD ? ', or others' : ''
  const possible =
    allowed.length > 0 ? `the model allows ${allowed.join('; or ')}${more}` : 'the model allows no answer here'
  return {
    kind: 'broken',
    promise: verdict.promise,
    property: describePromise(verdict.promise),
    op: verdict.op,
    detail: `answered ${describeAnswer(verdict.answer)}; ${possible}`,
  }
}
