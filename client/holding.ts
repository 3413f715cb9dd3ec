// Which session holds the state, and which are left behind and still to be DELETEd.
import type { Emitter } from './emitter.ts'
import type { ProtocolRules } from './rules.ts'
import type { Session } from './session.ts'

export interface HoldingParts {
  readonly events: Emitter
  readonly rules: ProtocolRules
  /** Sends a session's DELETE; never rejects. */
  readonly end: (session: Session) => Promise<void>
}

export class Holding {
  readonly #parts: HoldingParts
  #confirmed: Session | undefined
  #opened: Session | undefined
  #left: Session[] = []
  readonly #ending = new Set<Promise<void>>()

  constructor(parts: HoldingParts) {
    this.#parts = parts
  }

  /** The last session that was confirmed to hold the state. */
  get confirmed(): Session | undefined {
    return this.#confirmed
  }

  /** The session that `to`, just opened, is to take the state from; none where it is the first, which holds it at once. */
  predecessorOf(to: Session): Session | undefined {
    const confirmed = this.#confirmed
    const opened = this.#opened ?? confirmed
    this.#opened = to
    if (!confirmed || !opened) this.#confirmed = to
    return confirmed && opened && this.#parts.rules.resumeFrom({ confirmed, opened })
  }

  /** A resume from this session is on its way. */
  resuming(from: Session): void {
    if (this.#parts.rules.mayDelete('sent')) this.#endAll([from])
  }

  /** The resume was confirmed: `to` holds the state from now on. */
  confirm(from: Session, to: Session, keysCopied: number): void {
    this.#confirmed = to
    this.#parts.events.emit('resumed', (at) => ({ at, from: from.id, to: to.id, keysCopied }))
    if (this.#parts.rules.mayDelete('confirmed')) this.#endAll([from, ...this.#left])
    this.#left = []
  }

  /** The session will never be used. It is DELETEd with its predecessor, once that has a successor. */
  abandon(session: Session, reason: string): void {
    this.#left.push(session)
    this.#parts.events.emit('abandoned', (at) => ({ at, session: session.id, reason }))
  }

  /** DELETEs all that is left, and waits for every DELETE. Never rejects. */
  async close(): Promise<void> {
    this.#endAll(this.#confirmed ? [this.#confirmed, ...this.#left] : this.#left)
    this.#confirmed = undefined
    this.#left = []
    await Promise.all(this.#ending)
  }

  #endAll(sessions: readonly Session[]): void {
    for (const session of sessions) {
      session.whenIdle(() => {
        const ending = this.#parts.end(session).finally(() => this.#ending.delete(ending))
        this.#ending.add(ending)
      })
    }
  }
}
