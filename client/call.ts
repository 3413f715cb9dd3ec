// One call from its invocation to its end: the tries that it takes, each on the session that holds the state by then.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { ProgressCallback, RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { CallKey } from '../wire/call-key.ts'
import type { Clock } from '../wire/clock.ts'
import { type BackoffSettings, backoff } from './backoff.ts'
import type { Emitter } from './emitter.ts'
import { CallError, type CallErrorCode, CannotOpen } from './errors.ts'
import type { Outcome } from './events.ts'
import type { KeyRing } from './key-ring.ts'
import type { Limit } from './limit.ts'
import type { Lineage } from './lineage.ts'
import type { Link, Sent } from './link.ts'
import type { ProtocolRules, Repeatability } from './rules.ts'
import type { Session } from './session.ts'
import { rising, sendTry } from './try.ts'
import type { AnsweredTry, FailedTry } from './try-end.ts'

export interface CallSettings extends BackoffSettings {
  readonly clock: Clock
  readonly silenceMs: number
  readonly rules: ProtocolRules
}

export interface CallParts {
  readonly link: Link
  readonly lineage: Lineage
  readonly events: Emitter
  /** Absent where calls carry no keys. */
  readonly keys: KeyRing | undefined
}

/** What one try needs to know. */
export interface TryContext {
  readonly session: string
  readonly key: CallKey | undefined
}

export interface CallRequest<R> {
  readonly id: string
  readonly repeatability: Repeatability
  readonly onprogress: ProgressCallback | undefined
  /** Sends one try through the SDK's client. */
  readonly send: (client: Client, context: TryContext, options: RequestOptions) => Promise<R>
}

const GAVE_UP = {
  deadline: 'its deadline was reached',
  aborted: 'its signal was aborted',
  closed: 'the client was closed',
}

export class Call<R> {
  readonly #settings: CallSettings
  readonly #parts: CallParts
  readonly #request: CallRequest<R>
  readonly #limit: Limit
  readonly #onprogress: ProgressCallback | undefined
  readonly #keys: CallKey[] = []
  #attempts = 0
  #failures = 0
  #trouble: string | undefined
  /** What is known of the call so far: one unknown try makes it so for good. */
  #outcome: 'fail' | 'unknown' = 'fail'
  #losses: { session?: Session; count: number } = { count: 0 }

  constructor(settings: CallSettings, parts: CallParts, request: CallRequest<R>, limit: Limit) {
    this.#settings = settings
    this.#parts = parts
    this.#request = request
    this.#limit = limit
    this.#onprogress = request.onprogress && rising(request.onprogress)
  }

  /** Sends nothing, only waits for a session. @throws {CallError} */
  async open(): Promise<void> {
    try {
      await this.#parts.lineage.session(this.#limit.signal)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  /** Runs the call to its end. @throws {CallError} */
  async run(): Promise<R> {
    let outcome: Outcome = 'unknown'
    try {
      for (;;) {
        const session = await this.#parts.lineage.session(this.#limit.signal)
        const sent = this.#try(session)
        const end = await sent.exchange.ended
        if (end.kind === 'answered') {
          outcome = end.outcome
          return await this.#reply(end, sent)
        }
        await this.#recover(end, session)
      }
    } catch (error) {
      throw this.#explain(error)
    } finally {
      if (this.#settings.rules.acknowledged(outcome)) for (const key of this.#keys) this.#parts.keys?.release(key)
    }
  }

  #try(session: Session): Sent<R> {
    const { rules, silenceMs } = this.#settings
    const key = this.#nextKey()
    return sendTry(
      { call: this.#request.id, number: ++this.#attempts, session, key, silenceMs },
      { ...this.#parts, rules, limit: this.#limit },
      async (client, options) => {
        const onprogress = this.#onprogress
        return this.#request.send(
          client,
          { session: session.id, key },
          onprogress ? { ...options, onprogress } : options,
        )
      },
    )
  }

  #nextKey(): CallKey | undefined {
    const keys = this.#parts.keys
    if (!keys || this.#request.repeatability !== 'keyed') return undefined
    const take = () => {
      const key = keys.take()
      this.#keys.push(key)
      return key
    }
    const first = this.#keys[0]
    return first ? this.#settings.rules.keyOfNextTry(first, take) : take()
  }

  async #reply(end: AnsweredTry, sent: Sent<R>): Promise<R> {
    try {
      return await sent.value
    } catch (cause) {
      if (end.outcome !== 'fail') this.#outcome = 'unknown'
      const code = end.outcome === 'ok' ? 'invalid_result' : 'rejected'
      throw this.#error(code, cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  /** Returns when the call may be tried again; throws when it may not. */
  async #recover(end: FailedTry, session: Session): Promise<void> {
    const { rules, clock } = this.#settings
    this.#failures++
    this.#trouble = end.reason
    if (end.outcome === 'unknown') this.#outcome = 'unknown'
    if (this.#losses.session !== session) this.#losses = { session, count: 0 }
    if (end.cause === 'connection') this.#losses.count++
    this.#limit.signal.throwIfAborted()
    const next = rules.whereNext({ cause: end.cause, lossesHere: this.#losses.count })
    if (next === 'new session') this.#parts.lineage.lose(session)
    if (next === 'nowhere') throw this.#error('refused', end.reason, { status: end.status })
    if (!rules.mayRepeat({ repeatability: this.#request.repeatability, outcome: end.outcome })) {
      throw this.#error('unknown_outcome', `${end.reason}; without a key it is not repeated`, { status: end.status })
    }
    // After a resume elsewhere there is nothing to wait for but that resume.
    if (end.cause !== 'resumed') await clock.sleep(backoff(this.#failures, this.#settings), this.#limit.signal)
  }

  #explain(error: unknown): unknown {
    if (error instanceof CallError) return error
    if (error instanceof CannotOpen) return this.#error(error.code, error.message, { status: error.status })
    const { code, reason } = this.#limit
    if (code === undefined) return error
    this.#parts.events.emit('gaveUp', (at) => ({ at, call: this.#request.id, outcome: this.#outcome }))
    const trouble = this.#parts.lineage.trouble ?? this.#trouble
    return this.#error(code, trouble ? `${GAVE_UP[code]}; before that: ${trouble}` : GAVE_UP[code], { cause: reason })
  }

  #error(code: CallErrorCode, what: string, more: { cause?: unknown; status?: number | undefined } = {}): CallError {
    const { status, cause } = more
    const certainty = this.#outcome === 'fail' ? 'it was surely not executed' : 'it may have been executed'
    const message = `${this.#request.id}: ${what} (${certainty}; tries sent: ${this.#attempts})`
    const details = { code, outcome: this.#outcome, attempts: this.#attempts, cause }
    return new CallError(message, { ...details, ...(status !== undefined && { status }) })
  }
}
