// How a request reaches an instance: as it was sent, or once more, while the network may still double one.
import { replaced } from './state.ts'
import type { Arrival } from './step.ts'

interface Request {
  readonly undelivered: number
}

interface Arrived<R> {
  readonly arrival: Arrival
  readonly request: R
  /** What is under way after it. */
  readonly left: readonly R[]
}

/** Everything that can arrive next. */
export function* arrivals<R extends Request>(requests: readonly R[], duplicatesLeft: number): Generator<Arrived<R>> {
  for (const [at, request] of requests.entries()) {
    if (request.undelivered > 0) {
      const left = replaced(requests, at, { ...request, undelivered: request.undelivered - 1 })
      yield { arrival: 'first', request, left }
    } else if (duplicatesLeft > 0) yield { arrival: 'again', request, left: requests }
  }
}
