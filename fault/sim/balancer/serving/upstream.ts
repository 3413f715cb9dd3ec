// One server of one backend as the running balancer sees it: its health and what follows from a change of it, the calls
// that run on it, and its connections that are free.
import { IdleLines } from '../../http/http-line.ts'
import type { Route } from '../../network/dial.ts'
import type { Choice } from '../choose.ts'
import { type Health, type HealthRules, type ServerState, shutsSessions } from '../health.ts'
import { afterCall, type CallEvent } from '../passive-health.ts'
import type { ServerLine } from '../server-line.ts'

/** Connections to servers that are free go after about so long (`pool-purge-delay`). */
const KEPT_IDLE_MS = 5_000

/** A call that runs on a server, which may be marked down under it. */
export interface RunningCall {
  shutDown(): void
}

export interface UpstreamOptions {
  readonly line: ServerLine
  readonly rules: HealthRules
  readonly choice: Choice
  readonly health: Health
  /** How its address is reached; undefined: the stack has no such server, and it is taken out. */
  readonly route: Route | undefined
}

export class Upstream {
  readonly line: ServerLine
  readonly rules: HealthRules
  readonly route: Route | undefined
  readonly idle: IdleLines | undefined
  /** Told whenever its health has changed: the next check may be due earlier, or a running one sooner over. */
  onHealth: () => void = () => {}
  readonly #choice: Choice
  readonly #calls = new Set<RunningCall>()
  #health: Health

  constructor({ line, rules, choice, health, route }: UpstreamOptions) {
    this.line = line
    this.rules = rules
    this.route = route
    this.idle = route && new IdleLines(route, KEPT_IDLE_MS)
    this.#choice = choice
    this.#health = health
    if (this.state !== 'up') choice.becomes(line.id, 'not usable')
  }

  get health(): Health {
    return this.#health
  }

  get state(): ServerState {
    return this.route === undefined ? 'down' : this.#health.state
  }

  set health(after: Health) {
    const before = this.#health
    this.#health = after
    if (before.state !== after.state) {
      const world = this.route?.world
      if (world?.isLogged) world.note('server', `${this.line.name} is ${after.state}`)
      this.#choice.becomes(this.line.id, after.state === 'up' ? 'usable' : 'not usable')
      if (shutsSessions(before, after, this.rules)) this.shutDownCalls()
    }
    this.onHealth()
  }

  /** A call has met something on it. */
  heard(event: CallEvent, nowMs: number): void {
    const after = afterCall(this.#health, this.rules, event, nowMs)
    if (after !== this.#health) this.health = after
  }

  /** How many calls run on it. */
  get running(): number {
    return this.#calls.size
  }

  shutDownCalls(): void {
    for (const call of [...this.#calls]) call.shutDown()
  }

  take(call: RunningCall): void {
    this.#choice.take(this.line.id)
    this.#calls.add(call)
  }

  drop(call: RunningCall): void {
    if (this.#calls.delete(call)) this.#choice.drop(this.line.id)
  }
}
