// Whether the instance can serve, as the balancer asks it: a draining one keeps its sessions and gets no new ones, one
// without its store gets nothing.
import type { Clock } from '../wire/clock.ts'
import { jsonAnswer } from './answers.ts'
import type { SessionStore } from './store/contract.ts'

const STORE_PATIENCE_MS = 1000

/** Whether the store answers within a second. */
export function storeAnswers(store: SessionStore, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(STORE_PATIENCE_MS, () => resolve(false))
    const settle = (answers: boolean) => {
      cancel()
      resolve(answers)
    }
    store.ping().then(
      () => settle(true),
      () => settle(false),
    )
  })
}

/** The answer to `GET /health`. */
export async function healthAnswer(
  state: 'serving' | 'draining',
  { store, clock, instance }: { readonly store: SessionStore; readonly clock: Clock; readonly instance: string },
): Promise<Response> {
  if (state === 'draining') return jsonAnswer(404, { status: 'draining', instance })
  if (await storeAnswers(store, clock)) return jsonAnswer(200, { status: 'ok', instance })
  return jsonAnswer(503, { status: 'degraded', instance, store: 'unreachable' })
}
