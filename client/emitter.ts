// Hands events to listeners in the turn in which things happen, so that their order is the order of the protocol.
import type { Clock } from '../wire/clock.ts'
import type { ClientEventName, ClientEvents } from './events.ts'

export type Listener<E extends ClientEventName> = (event: ClientEvents[E]) => void
type Listeners = { readonly [E in ClientEventName]: Set<Listener<E>> }

export class Emitter {
  readonly #clock: Clock
  readonly #listeners: Listeners = {
    attempt: new Set(),
    attemptEnded: new Set(),
    resuming: new Set(),
    resumed: new Set(),
    abandoned: new Set(),
    gaveUp: new Set(),
    warning: new Set(),
  }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  on<E extends ClientEventName>(name: E, listener: Listener<E>): void {
    this.#listeners[name].add(listener)
  }

  off<E extends ClientEventName>(name: E, listener: Listener<E>): void {
    this.#listeners[name].delete(listener)
  }

  /** Tells what `event` makes of the present moment. */
  emit<E extends ClientEventName>(name: E, event: (at: number) => ClientEvents[E]): void {
    const timed = event(this.#clock.now())
    for (const listener of this.#listeners[name]) {
      try {
        listener(timed)
      } catch (error) {
        // A listener's bug must show, but must not tear the protocol apart in the middle of a step.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
