// A backend section at work: its servers, and which of them is next.
import type { Route } from '../../network/dial.ts'
import type { BackendConfiguration } from '../backend-section.ts'
import { Choice } from '../choose.ts'
import type { Health, HealthRules } from '../health.ts'
import { Upstream } from './upstream.ts'

export interface ServerStart {
  readonly rules: HealthRules
  readonly health: Health
  readonly route: Route | undefined
}

export class Pool {
  readonly configuration: BackendConfiguration
  readonly upstreams: readonly Upstream[]
  readonly #choice: Choice

  constructor(configuration: BackendConfiguration, starts: readonly ServerStart[]) {
    const ids = configuration.servers.map(({ id }) => id)
    const choice = new Choice(configuration.balance, ids)
    this.configuration = configuration
    this.#choice = choice
    this.upstreams = starts.map((start) => new Upstream({ ...start, line: start.rules.server, choice }))
  }

  /** How many servers are usable, as `nbsrv` counts. */
  get usable(): number {
    return this.#choice.usable
  }

  upstream(id: number): Upstream | undefined {
    return this.upstreams.find(({ line }) => line.id === id)
  }

  /** The next server that a request may go to; `avoided` only where there is no other. */
  next(avoided?: number): Upstream | undefined {
    const id = this.#choice.next(avoided)
    return id === undefined ? undefined : this.upstream(id)
  }
}
