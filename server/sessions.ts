// The whole HTTP behaviour as a function from web Request to web Response: who may talk, which session a request is
// for, and what is answered when it is for none. A session's own messages are its transport's.
import type { Clock } from '../wire/clock.ts'
import { badRequest, jsonAnswer, refusal, sessionNotFound } from './answers.ts'
import { initializeIn, readBody } from './body.ts'
import { healthAnswer, storeAnswers } from './health.ts'
import { isAllowed } from './hosts.ts'
import type { Logger } from './logger.ts'
import { ProtocolSession } from './protocol-session.ts'
import type { SessionStore } from './store/contract.ts'
import type { Host } from './tools/tool.ts'

const ENDPOINT = '/mcp'
const HEALTH = '/health'
const SESSION_HEADER = 'mcp-session-id'

/** How long no call must have run before a draining instance takes it that none will come. */
const QUIET_MS = 300

export interface SessionsOptions {
  readonly store: SessionStore
  readonly instance: string
  readonly ttlMs: number
  readonly keepAliveMs: number
  readonly allowedHosts: readonly string[]
  readonly clock: Clock
  readonly randomId: () => string
  readonly logger: Logger
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #host: Host
  readonly #allowedHosts: ReadonlySet<string>
  readonly #open = new Map<string, ProtocolSession>()
  #state: 'serving' | 'draining' | 'closed' = 'serving'
  #running = 0
  #lastCall = 0
  #requests = 0

  constructor(options: SessionsOptions) {
    this.#options = options
    const { clock, instance, store } = options
    const started = clock.now()
    this.#host = { instance, clock, sessionCount: () => store.sessionCount(), uptimeMs: () => clock.now() - started }
    this.#allowedHosts = new Set(options.allowedHosts.map((host) => host.toLowerCase()))
  }

  /** How many protocol sessions are held. */
  get size(): number {
    return this.#open.size
  }

  /** Answers one request. That its client has gone is told by the request's signal. */
  async handle(request: Request): Promise<Response> {
    this.#requests += 1
    const requestId = this.#requests
    const path = new URL(request.url).pathname
    const answer = await this.#route(request, path).catch((error: unknown) => {
      this.#options.logger.error(
        { requestId, error: error instanceof Error ? error.name : 'unknown' },
        'request failed',
      )
      return refusal(400, -32603, 'The request could not be handled')
    })
    const session = (request.headers.get(SESSION_HEADER) ?? answer.headers.get(SESSION_HEADER))?.slice(0, 8)
    const route = path === HEALTH || path === ENDPOINT ? path : 'unknown path'
    const line = { requestId, session, method: request.method, route, status: answer.status }
    this.#options.logger[path === HEALTH ? 'debug' : 'info'](line, 'request')
    return answer
  }

  /**
   * From now on `/health` asks the balancer for no new sessions. Calls are served until none has run for a moment.
   * @param limitMs the longest that this may take
   */
  async drain(limitMs: number): Promise<void> {
    const { clock } = this.#options
    this.#state = 'draining'
    this.#lastCall = clock.now()
    const until = clock.now() + limitMs
    for (let now = clock.now(); now < until; now = clock.now()) {
      const quietFor = this.#running > 0 ? 0 : now - this.#lastCall
      if (quietFor >= QUIET_MS) return
      await clock.sleep(Math.min(QUIET_MS - quietFor, until - now))
    }
  }

  /** Ends every session, and with it its streams and calls. Nothing is served any more. */
  async close(): Promise<void> {
    this.#state = 'closed'
    await Promise.all([...this.#open.values()].map((session) => session.close()))
  }

  async #route(request: Request, path: string): Promise<Response> {
    if (!isAllowed(request, this.#allowedHosts)) return refusal(403, -32000, 'Host or Origin is not allowed')
    if (path === HEALTH) return healthAnswer(this.#state === 'serving' ? 'serving' : 'draining', this.#options)
    if (path !== ENDPOINT) return jsonAnswer(404, { error: `Nothing at this path; the endpoint is ${ENDPOINT}` })
    if (!['POST', 'GET', 'DELETE'].includes(request.method)) return refusal(405, -32000, 'Method not allowed')
    const id = request.headers.get(SESSION_HEADER)
    const session = id ? this.#open.get(id) : undefined
    if (id && session === undefined) return sessionNotFound()
    if (request.method === 'POST') return this.#post(request, session)
    return session === undefined ? badRequest('The mcp-session-id header is missing') : session.handle(request)
  }

  async #post(request: Request, session: ProtocolSession | undefined): Promise<Response> {
    const body = await readBody(request)
    if (body.kind === 'refused') return body.answer
    if (session !== undefined) return session.post(request, body)
    switch (initializeIn(body.messages)) {
      case 'none':
        return badRequest('The mcp-session-id header is missing')
      case 'invalid':
        return badRequest('initialize must be one request, alone and with valid params')
      case 'valid': {
        if (this.#state === 'closed' || !(await storeAnswers(this.#options.store, this.#options.clock))) {
          return refusal(503, -32000, 'This instance cannot open sessions now')
        }
        return (await this.#openSession()).initialize(request, body)
      }
    }
  }

  async #openSession(): Promise<ProtocolSession> {
    const { store, ttlMs, keepAliveMs, clock, randomId } = this.#options
    const id = randomId()
    const session = await ProtocolSession.open({
      ...{ id, store, ttlMs, keepAliveMs, clock, host: this.#host },
      onClosed: () => this.#open.delete(id),
      onCalls: (change) => {
        this.#running += change
        this.#lastCall = clock.now()
      },
    })
    this.#open.set(id, session)
    return session
  }
}
