// Gives each call its limit, its name and the parts it runs on, and ends all that run when the client closes.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { Call, type CallParts, type TryContext } from './call.ts'
import { Emitter } from './emitter.ts'
import { Holding } from './holding.ts'
import { KeyRing } from './key-ring.ts'
import { Limit } from './limit.ts'
import { Lineage } from './lineage.ts'
import { Link } from './link.ts'
import type { CallOptions, Settings } from './options.ts'
import type { Repeatability } from './rules.ts'
import type { Session } from './session.ts'
import { endSession } from './session-end.ts'

export type SendTry<R> = (client: Client, context: TryContext, options: RequestOptions) => Promise<R>

export class Caller {
  readonly events: Emitter
  readonly link: Link
  readonly holding: Holding
  readonly lineage: Lineage
  readonly #settings: Settings
  readonly #keys: KeyRing | undefined
  readonly #running = new Set<Limit>()
  #state: 'open' | 'closed' = 'open'
  #calls = 0

  constructor(url: URL, settings: Settings) {
    this.#settings = settings
    this.events = new Emitter(settings.clock)
    this.#keys = settings.keys === 'on' ? new KeyRing(settings.randomId()) : undefined
    const { clientInfo, capabilities, jsonSchemaValidator, headers, fetch, clock, silenceMs } = settings
    const exchange = { url, fetch, clock, headers }
    const clientOptions = { capabilities, ...(jsonSchemaValidator && { jsonSchemaValidator }) }
    this.link = new Link({ ...exchange, silenceMs, clientInfo, clientOptions })
    const end = (session: Session) => endSession(exchange, session, settings.handshakeMs)
    this.holding = new Holding({ events: this.events, rules: settings.rules, end })
    this.lineage = new Lineage(settings, {
      link: this.link,
      events: this.events,
      holding: this.holding,
      keys: this.#keys,
    })
  }

  /** A tool call: repeated by its key, where it carries one. */
  callKeyed<R>(options: CallOptions | undefined, send: SendTry<R>): Promise<R> {
    return this.#call(this.#keys ? 'keyed' : 'keyless', options, send)
  }

  /** A request that changes nothing that a second one would change again. */
  callHarmless<R>(options: CallOptions | undefined, send: SendTry<R>): Promise<R> {
    return this.#call('harmless', options, send)
  }

  /** Makes sure that there is a session. */
  connect(options: CallOptions | undefined): Promise<void> {
    this.#warn(this.#settings.deadlineMs)
    return this.#limited(options, async (limit) => {
      const send = async () => undefined
      const request = {
        id: options?.callId ?? 'connect',
        repeatability: 'harmless',
        onprogress: undefined,
        send,
      } as const
      await new Call(this.#settings, this.#parts(), request, limit).open()
    })
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    for (const limit of [...this.#running]) limit.reach('closed')
    await this.lineage.close()
    await this.link.close()
  }

  #call<R>(repeatability: Repeatability, options: CallOptions | undefined, send: SendTry<R>): Promise<R> {
    const id = options?.callId ?? `call-${++this.#calls}`
    const request = { id, repeatability, onprogress: options?.onprogress, send }
    return this.#limited(options, (limit) => new Call(this.#settings, this.#parts(), request, limit).run())
  }

  async #limited<T>(options: CallOptions | undefined, run: (limit: Limit) => Promise<T>): Promise<T> {
    const { clock, deadlineMs } = this.#settings
    if (options?.timeout !== undefined) this.#warn(options.timeout)
    const limit = new Limit(clock, options?.timeout ?? deadlineMs, options?.signal)
    if (this.#state === 'closed') limit.reach('closed')
    this.#running.add(limit)
    try {
      return await run(limit)
    } finally {
      this.#running.delete(limit)
      limit.dispose()
    }
  }

  #parts(): CallParts {
    return { link: this.link, lineage: this.lineage, events: this.events, keys: this.#keys }
  }

  #warn(deadlineMs: number): void {
    const { ttlMs } = this.#settings
    if (ttlMs === undefined || deadlineMs < ttlMs) return
    const message =
      `A deadline of ${deadlineMs} ms is not below the server's session TTL of ${ttlMs} ms: a call may be repeated when ` +
      'the state and the record of its first try have expired. Choose a deadline below the TTL.'
    this.events.emit('warning', (at) => ({ at, code: 'deadline_not_below_ttl', message }))
  }
}
