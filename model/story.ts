// A history told by hand, one line an event, on a clock of its own: each event takes ten milliseconds.
import type { Answer, Call, CallKey } from './call.ts'
import type { HistoryEvent } from './history.ts'

const EVENT_MS = 10

/** An operation whose end is still to be told. */
export interface Begun {
  /** The last try was answered. */
  ok(answer: Answer): void
  /** Nobody heard the end of the last try, and the caller was told so. */
  unknown(): void
  /** The last try surely did nothing, and the caller was told so. */
  fail(): void
  /** Nobody heard the end of the last try; the client sends the call once more, on this session. */
  lostThenOn(session: string): void
  /** The last try surely did nothing; the client sends the call once more, on this session. */
  refusedThenOn(session: string): void
}

export class Story {
  readonly events: HistoryEvent[] = []
  #now = 0
  #ops = 0
  readonly #seqs = new Map<string, number>()
  readonly #running = new Map<string, Set<number>>()
  readonly #keys: 'keys' | 'noKeys'

  constructor(keys: 'keys' | 'noKeys' = 'keys') {
    this.#keys = keys
  }

  wait(ms: number): void {
    this.#now += ms
  }

  /** A call that is sent once and answered. */
  ok(client: string, session: string, call: Call, answer: Answer): void {
    this.begin(client, session, call).ok(answer)
  }

  /** A call that is sent once, and nobody hears its end. */
  unknown(client: string, session: string, call: Call): void {
    this.begin(client, session, call).unknown()
  }

  /** The client's own resume, confirmed. */
  resumed(client: string, from: string, to: string, keysCopied: number): void {
    this.beginResume(client, from, to)(keysCopied)
  }

  /** The same in two halves: sent now, confirmed by the function returned. */
  beginResume(client: string, from: string, to: string): (keysCopied: number) => void {
    const { key, seq } = this.#nextKey(client)
    this.#add({ type: 'resuming', at: this.#tick(), client, from, to, key })
    return (keysCopied) => {
      this.#running.get(client)?.delete(seq)
      this.#add({ type: 'resumed', at: this.#tick(), client, from, to, keysCopied })
    }
  }

  begin(client: string, session: string, call: Call): Begun {
    const op = `op${++this.#ops}`
    const { key, seq } = this.#nextKey(client)
    let number = 0
    let current = session
    this.#add({ type: 'invocation', at: this.#tick(), op, client, call })
    const send = (on: string) => {
      current = on
      this.#add({ type: 'attempt', at: this.#tick(), op, session: on, try: ++number, key })
    }
    const endTry = (outcome: 'ok' | 'fail' | 'unknown') =>
      this.#add({ type: 'attemptEnded', at: this.#tick(), op, session: current, try: number, outcome, reason: outcome })
    const end = (outcome: 'fail' | 'unknown') => {
      endTry(outcome)
      this.#running.get(client)?.delete(seq)
      this.#add({ type: 'completion', at: this.#tick(), op, outcome, reason: outcome })
    }
    send(session)
    return {
      ok: (answer) => {
        endTry('ok')
        this.#running.get(client)?.delete(seq)
        this.#add({ type: 'completion', at: this.#tick(), op, outcome: 'ok', answer })
      },
      unknown: () => end('unknown'),
      fail: () => end('fail'),
      lostThenOn: (on) => {
        endTry('unknown')
        send(on)
      },
      refusedThenOn: (on) => {
        endTry('fail')
        send(on)
      },
    }
  }

  #tick(): number {
    this.#now += EVENT_MS
    return this.#now
  }

  #add(event: HistoryEvent): void {
    this.events.push(event)
  }

  #nextKey(client: string): { key: CallKey | undefined; seq: number } {
    const seq = (this.#seqs.get(client) ?? 0) + 1
    this.#seqs.set(client, seq)
    const running = this.#running.get(client) ?? new Set()
    this.#running.set(client, running.add(seq))
    const key = { client, seq, acknowledgedBelow: Math.min(...running) }
    return { key: this.#keys === 'keys' ? key : undefined, seq }
  }
}

export const increment: Call = { kind: 'increment' }
export const getCounter: Call = { kind: 'getCounter' }
export const listNotes: Call = { kind: 'listNotes' }
export const ownSummary: Call = { kind: 'summary', of: 'own' }
export const addNote = (note: string): Call => ({ kind: 'addNote', note })
export const watch = (seconds: number): Call => ({ kind: 'watch', seconds })
export const resumeFrom = (id: string): Call => ({ kind: 'resume', from: { id } })
export const peekAt = (id: string): Call => ({ kind: 'summary', of: { id } })

export const counter = (value: number): Answer => ({ kind: 'counter', counter: value })
export const notesCount = (count: number): Answer => ({ kind: 'notesCount', count })
export const notes = (...all: string[]): Answer => ({ kind: 'notes', notes: all })
export const resumed = (keysCopied: number): Answer => ({ kind: 'resumed', keysCopied })
