// One request through the balancer: it is given to a server, sent there, perhaps sent again, and its answer passed on.
import { HttpLine } from '../../http/http-line.ts'
import type { RequestPiece } from '../../http/message.ts'
import type { Reply } from '../../http/server.ts'
import type { World } from '../../time/world.ts'
import { type Attempt, afterFailure, firstAttempt, type Next } from '../attempt.ts'
import { type ErrorStatus, errorPage } from '../error-page.ts'
import { type Failure, heardOf, reasonOf } from '../failure.ts'
import { learn, stickyServer, type Tables } from '../routing.ts'
import type { Pool } from './pool.ts'
import type { RunningCall, Upstream } from './upstream.ts'

/** What is kept of a request to send it again: HAProxy's buffer. */
const BUFFER_BYTES = 16_384

export interface ProxiedCallOptions {
  readonly world: World
  readonly pool: Pool
  readonly memory: Tables
  readonly request: RequestPiece
  readonly reply: Reply
  readonly onConnection: 'first' | 'later'
}

export class ProxiedCall implements RunningCall {
  readonly #options: ProxiedCallOptions
  #attempt: Attempt
  #upstream: Upstream | undefined
  #line: HttpLine | undefined
  #phase: 'connecting' | 'waiting' | 'answering' | 'streaming' | 'paused' | 'over' = 'connecting'
  /** Which try it is: what is heard of an earlier one counts no more. */
  #try = 0
  #client: 'waits' | 'gone' = 'waits'
  #lastHeardMs = 0
  #stopTimer: () => void = () => {}

  constructor(options: ProxiedCallOptions) {
    const { pool, memory, request, reply, world } = options
    this.#options = options
    const headers = (name: string) => valuesOf(request.headers, name)
    const stateOf = ({ id }: { readonly id: number }) => pool.upstream(id)?.state ?? 'down'
    const sticky = stickyServer(pool.configuration, headers, { memory, stateOf, now: world.nowMs })
    this.#attempt = firstAttempt(sticky ? 'session' : 'balance')
    reply.onGone = () => this.#clientGone()
    this.#giveTo(sticky ? pool.upstream(sticky.id) : pool.next())
  }

  /** The server that it runs on was marked down: by its own answer too, which HAProxy then has and passes on. */
  shutDown(): void {
    if (this.#phase === 'over' || this.#phase === 'answering') return
    if (this.#phase === 'streaming') this.#close()
    else this.#failed('shut-down')
  }

  #giveTo(upstream: Upstream | undefined): void {
    this.#upstream?.drop(this)
    this.#upstream = upstream
    if (upstream === undefined) {
      this.#answer(503)
      return
    }
    upstream.take(this)
    this.#connect(upstream)
  }

  #connect(upstream: Upstream): void {
    const { world } = this.#options
    const { idle, route } = upstream
    this.#phase = 'connecting'
    const number = ++this.#try
    const free = idle?.take()
    if (free) {
      this.#send(free)
      return
    }
    if (!route) {
      this.#failed('refused')
      return
    }
    this.#startTimer(this.#settings.timeouts.connect, 'connect-timeout')
    if (world.isLogged) world.note('connects', upstream.line.name)
    HttpLine.open(route).then(
      (line) => (number === this.#try && this.#phase === 'connecting' ? this.#send(line) : line.close()),
      () => number === this.#try && this.#phase === 'connecting' && this.#failed('refused'),
    )
  }

  #send(line: HttpLine): void {
    const { request, world } = this.#options
    const number = this.#try
    this.#stopTimer()
    this.#line = line
    this.#phase = 'waiting'
    this.#attempt = { ...this.#attempt, progress: 'sent' }
    this.#upstream?.heard('connected', world.nowMs)
    this.#lastHeardMs = world.nowMs
    this.#startTimer(this.#settings.timeouts.server, 'response-timeout')
    const counts = () => number === this.#try && this.#phase !== 'over'
    line.ask(request, {
      onHead: (status, headers) => counts() && this.#head(status, headers),
      onChunk: (data) => counts() && this.#chunk(data),
      onEnd: () => (counts() ? this.#end(line) : line.close()),
      onClosed: () => counts() && this.#lost(),
    })
  }

  #head(status: number, headers: Headers): void {
    const { pool, memory, reply, world } = this.#options
    const upstream = this.#upstream
    if (!upstream) return
    const next = this.#after({ status })
    if (next === undefined) return
    if (next.does !== 'forward') {
      this.#line?.close()
      this.#go(next)
      return
    }
    const { name, id } = upstream.line
    learn(pool.configuration, (each) => valuesOf(headers, each), { memory, server: { name, id }, now: world.nowMs })
    this.#phase = 'streaming'
    this.#lastHeardMs = world.nowMs
    reply.head(status, headers)
  }

  /** Without `abortonclose` a client that has gone is noticed by what cannot be sent to it. */
  #chunk(data: Uint8Array): void {
    this.#lastHeardMs = this.#options.world.nowMs
    if (this.#client === 'gone') this.#close()
    else this.#options.reply.chunk(data)
  }

  #end(line: HttpLine): void {
    this.#upstream?.idle?.keep(line)
    this.#line = undefined
    this.#over()
    this.#options.reply.end()
  }

  #lost(): void {
    if (this.#phase === 'streaming') this.#close()
    else this.#failed('closed')
  }

  #failed(failure: Failure): void {
    this.#line?.close()
    this.#line = undefined
    const next = this.#after(failure)
    if (next !== undefined) this.#go(next)
  }

  /** What comes after that; nothing where it marks the server down, and with it ends this call too. */
  #after(failure: Failure): Next | undefined {
    const { onConnection, world } = this.#options
    const upstream = this.#upstream
    if (!upstream) return undefined
    this.#stopTimer()
    const event = heardOf(failure, onConnection)
    const before = this.#try
    if (reasonOf(failure) !== 'conn-failure') {
      const next = this.#decide(failure, upstream)
      // The server is told of a call that it took only where that is not sent again.
      if (next.does === 'retry' || next.does === 'choose') return next
      this.#phase = 'answering'
      if (event !== undefined) upstream.heard(event, world.nowMs)
      return next
    }
    if (event !== undefined) upstream.heard(event, world.nowMs)
    return this.#phase === 'over' || before !== this.#try ? undefined : this.#decide(failure, upstream)
  }

  #decide(failure: Failure, upstream: Upstream): Next {
    const { pool, request, onConnection } = this.#options
    return afterFailure(this.#attempt, failure, pool.configuration, {
      server: upstream.state,
      usable: pool.usable,
      onConnection,
      request: request.bytes <= BUFFER_BYTES ? 'at hand' : 'passed on',
    })
  }

  #go(next: Next): void {
    const { world } = this.#options
    switch (next.does) {
      case 'retry':
      case 'choose': {
        this.#attempt = next.attempt
        this.#phase = 'paused'
        this.#try++
        const again = () => this.#again(next.does)
        if (world.isLogged) world.note('retries', `${next.does} after ${next.afterMs} ms`)
        if (next.afterMs > 0) this.#stopTimer = world.after(next.afterMs * 1_000, 'a retry', again)
        else again()
        break
      }
      case 'answer':
        this.#answer(next.status)
        break
      case 'close':
        this.#close()
        break
      case 'forward':
        break
      default:
        next satisfies never
    }
  }

  #again(does: 'retry' | 'choose'): void {
    const { pool } = this.#options
    const upstream = this.#upstream
    if (does === 'retry' && upstream) this.#connect(upstream)
    else this.#giveTo(pool.next(upstream?.line.id))
  }

  #answer(status: ErrorStatus): void {
    const { reply, world } = this.#options
    this.#over()
    const { headers, body } = errorPage(status)
    if (world.isLogged) world.note('answers', `${status} of its own`)
    reply.head(status, new Headers(headers.map(([name, value]) => [name, value])))
    reply.chunk(Buffer.from(body))
    reply.end()
  }

  /** Both connections are closed, whatever is still under way on them. */
  #close(): void {
    this.#over()
    this.#options.reply.close()
  }

  #clientGone(): void {
    this.#client = 'gone'
    if (this.#phase !== 'over' && this.#settings.abortOnClose) this.#over()
  }

  #over(): void {
    this.#phase = 'over'
    this.#stopTimer()
    this.#upstream?.drop(this)
    this.#line?.close()
    this.#line = undefined
  }

  get #settings() {
    return this.#options.pool.configuration
  }

  #startTimer(ms: number | undefined, failure: 'connect-timeout' | 'response-timeout'): void {
    if (ms === undefined) return
    this.#stopTimer = this.#options.world.after(ms * 1_000, `a timeout of the balancer, ${ms} ms`, () => {
      const left = failure === 'connect-timeout' ? 0 : this.#lastHeardMs + ms - this.#options.world.nowMs
      if (left > 0) this.#startTimer(left, failure)
      else if (this.#phase === 'streaming') this.#close()
      else this.#failed(failure)
    })
  }
}

function valuesOf(headers: Headers, name: string): readonly string[] {
  const value = headers.get(name)
  return value === null ? [] : [value]
}
