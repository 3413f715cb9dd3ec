// Appends to a run's history: what the harness asks and is answered, what clients tell of themselves, and faults.
import type { Answer, Call, History, HistoryEvent, SessionId } from '../model/index.ts'
import type { Clock } from '../wire/clock.ts'
import type { ClientUnderTest } from './client-under-test.ts'

/** An event without its time: the recorder gives it. */
type Untimed = HistoryEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never

export type Completed =
  | { readonly outcome: 'ok'; readonly answer: Answer; readonly instance?: string }
  | { readonly outcome: 'fail' | 'unknown'; readonly reason: string }

export class Recorder {
  readonly #clock: Clock
  readonly #events: HistoryEvent[] = []
  readonly #listeners = new Set<(event: HistoryEvent) => void>()
  readonly #running = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get history(): History {
    return this.#events
  }

  /** How many operations are running now. */
  get inFlight(): number {
    return this.#running.size
  }

  add(event: Untimed): void {
    const timed = { ...event, at: this.#clock.now() }
    this.#events.push(timed)
    for (const listener of this.#listeners) listener(timed)
  }

  /** Tells each event as it is added, until the returned function is called. */
  listen(listener: (event: HistoryEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  invoke(op: string, client: string, call: Call): void {
    this.#running.add(op)
    this.add({ type: 'invocation', op, client, call })
  }

  complete(op: string, completed: Completed): void {
    this.#running.delete(op)
    this.add({ type: 'completion', op, ...completed })
  }

  /** Follows a client's own events under this name, and tells which session it left and which it holds from now on. */
  follow(client: ClientUnderTest, name: string, moved: (from: SessionId, to: SessionId) => void): void {
    client.on('attempt', ({ call: op, session, try: number, key }) =>
      this.add({ type: 'attempt', op, session, try: number, key }),
    )
    client.on('attemptEnded', ({ call: op, session, try: number, outcome, reason, status }) =>
      this.add({ type: 'attemptEnded', op, session, try: number, outcome, reason, status }),
    )
    client.on('resuming', ({ from, to, key }) => this.add({ type: 'resuming', client: name, from, to, key }))
    client.on('resumed', ({ from, to, keysCopied }) => {
      moved(from, to)
      this.add({ type: 'resumed', client: name, from, to, keysCopied })
    })
    client.on('abandoned', ({ session, reason }) => this.add({ type: 'abandoned', client: name, session, reason }))
  }
}
