// The balancer on its host: it accepts clients, passes their requests on and checks its servers, by its own file. What it
// decides stands in the files around; here it decides at the right time.
import { type Balancer, type BalancerView, StackError } from '../../../stack.ts'
import { httpListener, type Serve } from '../../http/server.ts'
import type { Listener, Route } from '../../network/dial.ts'
import type { Host } from '../../time/host.ts'
import type { World } from '../../time/world.ts'
import type { Configuration } from '../configuration.ts'
import type { FrontendConfiguration } from '../frontend-section.ts'
import { healthRules } from '../health.ts'
import { firstHealths } from '../health-start.ts'
import { backendFor } from '../routing.ts'
import { StickTable } from '../stick-table.ts'
import { HealthCheck } from './health-check.ts'
import { Pool } from './pool.ts'
import { ProxiedCall } from './proxied-call.ts'
import type { Upstream } from './upstream.ts'

/** From the start of its process until it serves. */
const BOOT_MS = 50

export interface SimulatedBalancerOptions {
  readonly world: World
  readonly host: Host
  readonly configuration: Configuration
  /** The port at which clients come in. */
  readonly port: number
  /** The backend whose servers are the instances. */
  readonly backend: string
  /** How an address of its file is reached; undefined: the stack has nothing there. */
  readonly route: (address: string) => Route | undefined
}

/** One life of the balancer's process: what it knows is gone with it. */
interface Process {
  readonly pools: ReadonlyMap<string, Pool>
  readonly tables: ReadonlyMap<string, StickTable>
}

export class SimulatedBalancer implements Balancer {
  readonly listener: Listener
  readonly #options: SimulatedBalancerOptions
  readonly #frontend: FrontendConfiguration
  #process: Process | undefined

  /** @throws StackError where its file does not serve the stack. */
  constructor(options: SimulatedBalancerOptions) {
    const { configuration, host, port, backend } = options
    this.#options = options
    const frontend = [...configuration.frontends.values()].find(({ bind }) =>
      bind.some((address) => address.endsWith(`:${port}`)),
    )
    if (frontend === undefined) throw new StackError("HAProxy's file has no frontend with `bind` to BALANCER_PORT")
    if (!configuration.backends.has(backend)) throw new StackError(`HAProxy's file has no backend ${backend}`)
    this.#frontend = frontend
    this.listener = httpListener(host, this.#serve)
  }

  start(): void {
    this.#options.host.start(() => {
      this.#process = this.#begin()
    })
  }

  async restart(): Promise<void> {
    const { host, world } = this.#options
    host.kill()
    this.#process = undefined
    await new Promise<void>((resolve) => void world.afterIn(undefined, BOOT_MS * 1_000, 'the balancer starts', resolve))
    if (host.life === undefined) this.start()
  }

  async states(): Promise<ReadonlyMap<string, BalancerView>> {
    const servers = this.#process?.pools.get(this.#options.backend)?.upstreams ?? []
    return new Map(servers.map(({ line, state, health }) => [line.name, { status: state, downs: health.downs }]))
  }

  /** Forgets which instance serves which session. */
  clearTables(): void {
    for (const table of this.#process?.tables.values() ?? []) table.clear()
  }

  /** How many calls run. */
  get running(): number {
    return this.#upstreams.reduce((sum, upstream) => sum + upstream.running, 0)
  }

  /** Ends the calls that run, as `shutdown sessions server` does. */
  shutDownCalls(): void {
    for (const upstream of this.#upstreams) upstream.shutDownCalls()
  }

  get #upstreams(): readonly Upstream[] {
    return [...(this.#process?.pools.values() ?? [])].flatMap(({ upstreams }) => upstreams)
  }

  #begin(): Process {
    const { configuration, world, route } = this.#options
    const backends = [...configuration.backends.values()]
    const rules = backends.flatMap((backend) => backend.servers.map((server) => healthRules(backend, server)))
    const healths = firstHealths(rules, world.nowMs)
    const starts = rules.flatMap((each, at) => {
      const health = healths[at]
      return health ? [{ rules: each, health, route: route(each.server.address) }] : []
    })
    const pools = new Map(
      backends.map((backend) => {
        const own = starts.filter((start) => backend.servers.includes(start.rules.server))
        return [backend.name, new Pool(backend, own)]
      }),
    )
    for (const { upstreams } of pools.values())
      for (const upstream of upstreams) if (upstream.route) new HealthCheck(upstream, upstream.route)
    const tables = backends.flatMap(({ name, table }) => (table ? [[name, new StickTable(table)] as const] : []))
    return { pools, tables: new Map(tables) }
  }

  readonly #serve: Serve = (request, reply, onConnection) => {
    const { world, configuration } = this.#options
    if (!this.#process) return
    const { pools, tables } = this.#process
    const usable = (backend: string) => pools.get(backend)?.usable ?? 0
    const pool = pools.get(backendFor(this.#frontend, usable) ?? '')
    const memory = { tables, backends: configuration.backends }
    if (pool) new ProxiedCall({ world, pool, memory, request, reply, onConnection })
    else reply.close()
  }
}
