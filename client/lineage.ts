// How a session takes over from the one before: the reconnection, shared by all calls. Nothing here belongs to a single
// call.
import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js'
import type { Clock } from '../wire/clock.ts'
import { type BackoffSettings, backoff, handshakeSilence } from './backoff.ts'
import type { Emitter } from './emitter.ts'
import type { Holding } from './holding.ts'
import type { KeyRing } from './key-ring.ts'
import type { Link } from './link.ts'
import { endedOrStopped, type Introduction, openSession, type Patience } from './opening.ts'
import { type Resume, type ResumeEnd, sendResume } from './resume.ts'
import type { ProtocolRules } from './rules.ts'
import type { Session } from './session.ts'
import { Shared } from './shared.ts'

export interface LineageSettings extends BackoffSettings, Introduction {
  readonly clock: Clock
  readonly handshakeMs: number
  readonly silenceMs: number
  readonly rules: ProtocolRules
}

export interface LineageParts {
  readonly link: Link
  readonly events: Emitter
  readonly holding: Holding
  /** Absent where calls carry no keys. */
  readonly keys: KeyRing | undefined
}

const UNWANTED = 'nobody waits for it any more'

export class Lineage {
  readonly #settings: LineageSettings
  readonly #parts: LineageParts
  /** Calls are sent on it. */
  #current: Session | undefined
  #reconnection: Shared<Session> | undefined
  #trouble: string | undefined
  /** The log level that each new session is told, once there is one. */
  logLevel: LoggingLevel | undefined

  constructor(settings: LineageSettings, parts: LineageParts) {
    this.#settings = settings
    this.#parts = parts
  }

  /** The session that calls are sent on; opens one where there is none. Rejects as soon as `signal` aborts. */
  async session(signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted()
    if (this.#current) return this.#current
    if (!this.#reconnection?.joinable) this.#reconnection = new Shared((stop) => this.#reconnect(stop))
    return this.#reconnection.join(signal)
  }

  /** What the running reconnection has failed at last, for people. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** No further try is sent on this session. What is in flight on it may still be answered. */
  lose(session: Session): void {
    if (this.#current === session) this.#current = undefined
  }

  /** Ends every session. To be called when no call waits for one any more. Never rejects. */
  async close(): Promise<void> {
    await this.#reconnection?.settled
    this.#current = undefined
    await this.#parts.holding.close()
  }

  async #reconnect(stop: AbortSignal): Promise<Session> {
    const { clock } = this.#settings
    for (let failures = 0; ; failures++) {
      if (failures > 0) await clock.sleep(backoff(failures, this.#settings), stop)
      const patience = { silenceMs: handshakeSilence(failures, this.#settings), stop }
      const session = await this.#open(patience)
      if (session && (await this.#inherit(session, patience)) && (await this.#tellLogLevel(session, patience))) {
        this.#current = session
        this.#trouble = undefined
        return session
      }
    }
  }

  async #open({ silenceMs, stop }: Patience): Promise<Session | undefined> {
    const opened = await openSession(this.#parts.link, this.#settings, { silenceMs, stop })
    if (opened.kind === 'opened' && !stop.aborted) return opened.session
    const reason = opened.kind === 'opened' ? UNWANTED : opened.reason
    if (opened.session) this.#abandon(opened.session, reason)
    stop.throwIfAborted()
    this.#trouble = reason
    return undefined
  }

  /** Makes `to` hold the state. False where it never may be used. */
  async #inherit(to: Session, patience: Patience): Promise<boolean> {
    const from = this.#parts.holding.predecessorOf(to)
    if (!from) return true
    if (this.#settings.rules.usable('opened')) this.#current = to
    const key = this.#parts.keys?.take()
    try {
      return await this.#resume({ from, to, key }, patience)
    } catch (error) {
      this.#abandon(to, UNWANTED)
      throw error
    } finally {
      if (key) this.#parts.keys?.release(key)
    }
  }

  async #resume(resume: Resume, patience: Patience): Promise<boolean> {
    const { rules, clock } = this.#settings
    for (let sent = 1; ; sent++) {
      const end = await this.#sendResume(resume, patience)
      patience.stop.throwIfAborted()
      switch (rules.afterResume({ outcome: end.outcome, code: end.code, sent })) {
        case 'confirm':
          this.#parts.holding.confirm(resume.from, resume.to, end.keysCopied)
          return true
        case 'abandon':
          this.#abandon(resume.to, end.reason)
          this.#trouble = end.reason
          return false
        case 'again':
          await clock.sleep(backoff(sent, this.#settings), patience.stop)
      }
    }
  }

  /** From the first line on no reply of `from` counts; what was in flight there is repeated on its successor. */
  #sendResume(resume: Resume, patience: Patience): Promise<ResumeEnd> {
    const { from, to, key } = resume
    from.resume = 'sent'
    if (!this.#settings.rules.replyCounts(from)) {
      const reason = 'its session is being resumed by another'
      for (const exchange of [...from.inFlight]) {
        exchange.fail({ kind: 'failed', outcome: 'unknown', cause: 'resumed', reason })
      }
    }
    this.#parts.events.emit('resuming', (at) => ({ at, from: from.id, to: to.id, ...(key && { key }) }))
    this.#parts.holding.resuming(from)
    return sendResume(this.#parts.link, resume, patience)
  }

  #abandon(session: Session, reason: string): void {
    this.lose(session)
    this.#parts.holding.abandon(session, reason)
  }

  /** False where the session was lost over it. It holds the state all the same, and the next one resumes from it. */
  async #tellLogLevel(session: Session, { silenceMs, stop }: Patience): Promise<boolean> {
    const level = this.logLevel
    if (level === undefined) return true
    const { exchange } = this.#parts.link.send({ session, silenceMs }, (client, options) =>
      client.setLoggingLevel(level, options),
    )
    const end = await endedOrStopped(exchange, stop)
    stop.throwIfAborted()
    return end.kind === 'answered'
  }
}
