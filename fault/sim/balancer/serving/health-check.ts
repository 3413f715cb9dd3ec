// The health check of one server on the network: a connection and a request of its own each time, by the clock that the
// server's health says.
import { HttpLine } from '../../http/http-line.ts'
import { request } from '../../http/message.ts'
import type { Route } from '../../network/dial.ts'
import { type CheckResult, checkBegun, checkConnected, checkEnded } from '../health.ts'
import type { Upstream } from './upstream.ts'

export class HealthCheck {
  readonly #upstream: Upstream
  readonly #route: Route
  #line: HttpLine | undefined
  /** Which check it is: what is heard of an earlier one counts no more. */
  #number = 0
  #timer: { readonly at: number; readonly cancel: () => void } | undefined

  constructor(upstream: Upstream, route: Route) {
    this.#upstream = upstream
    this.#route = route
    upstream.onHealth = () => this.#follow()
    this.#follow()
  }

  /** Sets the timer by what the health says: when the next check begins, or the running one has failed. */
  #follow(): void {
    const { check } = this.#upstream.health
    if (check.phase === 'none') return
    const at = check.phase === 'waiting' ? check.dueAt : check.failsAt
    if (this.#timer?.at === at) return
    this.#timer?.cancel()
    const { world } = this.#route
    const due = () => {
      this.#timer = undefined
      if (check.phase === 'waiting') this.#begin()
      else this.#end('timeout')
    }
    const cancel = world.after((at - world.nowMs) * 1_000, `a check of ${this.#upstream.line.name}`, due)
    this.#timer = { at, cancel }
  }

  #begin(): void {
    const { world } = this.#route
    const number = ++this.#number
    this.#upstream.health = checkBegun(this.#upstream.health, this.#upstream.rules, world.nowMs)
    HttpLine.open(this.#route).then(
      (line) => (number === this.#number ? this.#connected(line, number) : line.close()),
      () => number === this.#number && this.#end('refused'),
    )
  }

  #connected(line: HttpLine, number: number): void {
    const { rules } = this.#upstream
    const heard = (result: CheckResult) => number === this.#number && this.#end(result)
    this.#line = line
    this.#upstream.health = checkConnected(this.#upstream.health, rules, this.#route.world.nowMs)
    if (rules.checks.asks === 'connection') {
      this.#over()
      return
    }
    const { method, uri, headers } = rules.checks.request
    line.ask(request(method, uri, new Headers(headers.map(([name, value]) => [name, value]))), {
      onHead: (status) => heard({ status }),
      onChunk() {},
      onEnd() {},
      onClosed: () => heard('closed'),
    })
  }

  #end(result: CheckResult): void {
    this.#over()
    const { world } = this.#route
    if (world.isLogged) world.note('checked', `${this.#upstream.line.name}: ${JSON.stringify(result)}`)
    this.#upstream.health = checkEnded(this.#upstream.health, this.#upstream.rules, result, world.nowMs)
  }

  #over(): void {
    this.#number++
    this.#line?.close()
    this.#line = undefined
  }
}
