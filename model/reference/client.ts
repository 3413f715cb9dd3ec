// The client of the reference system: it follows the protocol, whatever becomes of its requests, and tells a history.
import type { Answer, Call, CallKey, SessionId } from '../call.ts'
import type { HistoryEvent, Outcome } from '../history.ts'
import { type Request, serve } from './server.ts'
import type { Store } from './store.ts'
import type { Process, Timeline } from './timeline.ts'

/** What becomes of one request. A lost one is executed `toMs` after it was sent, however long after its loss was seen. */
export type Fate =
  | { readonly kind: 'answered'; readonly toMs: number; readonly backMs: number }
  | { readonly kind: 'lost'; readonly toMs: number; readonly backMs: number; readonly then: Next }
  | { readonly kind: 'vanished'; readonly backMs: number; readonly then: Next }
  | { readonly kind: 'refused'; readonly backMs: number; readonly then: Next }

/** Where the next try goes; after a second loss it is a new session in any case. */
type Next = 'sameSession' | 'newSession'

const OPEN_MS = 5
const BACKOFF_MS = 5
const ANSWERED: Fate = { kind: 'answered', toMs: 3, backMs: 3 }

export interface Shared {
  readonly clock: Timeline
  readonly store: Store
  readonly keys: 'keys' | 'noKeys'
  readonly resumeFates: Fate[]
  tell(event: Untimed): void
}

export type Untimed = HistoryEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never

interface Tries {
  readonly fates: readonly Fate[]
  readonly maxTries: number
}

/** A request on its way, until it is answered, its loss is seen, or it is given up. */
class Try {
  outcome: Outcome | undefined
  answer: Answer | undefined
  readonly request: Request
  readonly #onEnd: (outcome: Outcome) => void

  constructor(request: Request, onEnd: (outcome: Outcome) => void) {
    this.request = request
    this.#onEnd = onEnd
  }

  end(outcome: Outcome, answer?: Answer): void {
    if (this.outcome) return
    this.outcome = outcome
    this.answer = answer
    this.#onEnd(outcome)
  }

  *travel(store: Store, fate: Fate): Process {
    if (fate.kind === 'vanished' || fate.kind === 'refused') return
    yield fate.toMs
    const answer = yield* serve(store, this.request)
    if (fate.kind === 'lost') return
    yield fate.backMs
    if (answer) this.end('ok', answer)
    else this.end('fail')
  }

  *fail(fate: Fate): Process {
    if (fate.kind === 'answered') return
    yield fate.backMs
    this.end(fate.kind === 'refused' ? 'fail' : 'unknown')
  }
}

/** A client that follows the protocol. */
export class Client {
  /** The sessions that it held, the current one last. */
  readonly held: SessionId[]
  readonly #shared: Shared
  readonly #name: string
  #state: 'usable' | 'lost' | 'reconnecting' = 'usable'
  #opened = 1
  #seq = 0
  readonly #live = new Set<number>()
  readonly #inFlight = new Set<Try>()

  constructor(name: string, shared: Shared) {
    this.#name = name
    this.#shared = shared
    this.held = [`${name}1`]
  }

  get #current(): SessionId {
    return this.held.at(-1) ?? ''
  }

  *run(op: string, call: Call, { fates, maxTries }: Tries): Process {
    const { tell, keys } = this.#shared
    tell({ type: 'invocation', op, client: this.#name, call })
    const isHarmless = call.kind === 'summary'
    const key = isHarmless ? undefined : this.#takeKey()
    let known: 'fail' | 'unknown' = 'fail'
    for (let number = 1, losses = 0, on = ''; number <= maxTries; number++) {
      yield* this.#usable()
      const fate = fates[number - 1] ?? ANSWERED
      losses = on === this.#current ? losses + 1 : 1
      on = this.#current
      const told = { op, session: on, try: number }
      tell({ type: 'attempt', ...told, key })
      const { outcome, answer } = yield* this.#try({ session: on, call, key }, fate, (outcome) =>
        tell({ type: 'attemptEnded', ...told, outcome, reason: fate.kind }),
      )
      if (answer) {
        this.#release(key)
        return tell({ type: 'completion', op, outcome: 'ok', answer })
      }
      if (outcome === 'unknown') known = 'unknown'
      if (on === this.#current && (losses > 1 || (fate.kind !== 'answered' && fate.then === 'newSession'))) this.#lose()
      if (known === 'unknown' && keys === 'noKeys' && !isHarmless) break
      yield BACKOFF_MS
    }
    this.#release(key)
    tell({ type: 'completion', op, outcome: known, reason: 'gave up' })
  }

  *#usable(): Process {
    if (this.#state === 'lost') this.#shared.clock.spawn(this.#reconnect())
    yield () => this.#state === 'usable'
  }

  #lose(): void {
    if (this.#state === 'usable') this.#state = 'lost'
  }

  *#try(request: Request, fate: Fate, onEnd: (outcome: Outcome) => void): Process<Try> {
    const { clock, store } = this.#shared
    const own = new Try(request, onEnd)
    this.#inFlight.add(own)
    clock.spawn(own.travel(store, fate))
    clock.spawn(own.fail(fate))
    yield () => own.outcome !== undefined
    this.#inFlight.delete(own)
    return own
  }

  *#reconnect(): Process {
    this.#state = 'reconnecting'
    for (;;) {
      yield OPEN_MS
      const session = `${this.#name}${++this.#opened}`
      const key = this.#takeKey()
      const confirmed = yield* this.#resume(session, key)
      this.#release(key)
      if (confirmed) break
      this.#shared.tell({ type: 'abandoned', client: this.#name, session, reason: 'its resume was not confirmed' })
    }
    this.#state = 'usable'
  }

  /** Sent once more into the same session where it surely did nothing. */
  *#resume(to: SessionId, key: CallKey | undefined): Process<boolean> {
    const { tell, resumeFates } = this.#shared
    const from = this.#current
    for (let sent = 1; sent <= 2; sent++) {
      for (const each of this.#inFlight) if (each.request.session === from) each.end('unknown')
      tell({ type: 'resuming', client: this.#name, from, to, key })
      const request: Request = { session: to, call: { kind: 'resume', from: { id: from } }, key }
      const { outcome, answer } = yield* this.#try(request, resumeFates.shift() ?? ANSWERED, () => {})
      if (answer?.kind === 'resumed') {
        this.held.push(to)
        tell({ type: 'resumed', client: this.#name, from, to, keysCopied: answer.keysCopied })
        return true
      }
      if (outcome !== 'fail') return false
    }
    return false
  }

  #takeKey(): CallKey | undefined {
    if (this.#shared.keys === 'noKeys') return undefined
    const seq = ++this.#seq
    this.#live.add(seq)
    return { client: this.#name, seq, acknowledgedBelow: Math.min(...this.#live) }
  }

  #release(key: CallKey | undefined): void {
    if (key) this.#live.delete(key.seq)
  }
}
