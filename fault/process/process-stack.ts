// A running stack of processes: what it offers, and the way back from any mixture of faults to a stack that is whole.
import type { Clock } from '../../wire/clock.ts'
import { type Haproxy, SERVERS } from '../haproxy.ts'
import { type Crash, type LinkName, type Stack, StackError } from '../stack.ts'
import type { ProxiedLink } from '../toxiproxy.ts'
import { until } from '../until.ts'
import type { ProcessBackend } from './backend.ts'
import { health } from './instances.ts'
import type { Settings } from './options.ts'
import type { RedisProcess } from './redis-process.ts'
import type { Site } from './site.ts'

const HEAL_LIMIT_MS = 15_000

export interface ProcessStackParts {
  readonly site: Site
  readonly settings: Settings
  readonly endpoint: URL
  readonly clock: Clock
  readonly backends: readonly ProcessBackend[]
  readonly redis: RedisProcess
  readonly balancer: Haproxy
  readonly links: ReadonlyMap<LinkName, ProxiedLink>
  readonly crashes: readonly Crash[]
}

export class ProcessStack implements Stack {
  readonly tier = 'process'
  readonly endpoint: URL
  readonly fetch = fetch
  readonly clock: Clock
  readonly backends: readonly ProcessBackend[]
  readonly redis: RedisProcess
  readonly balancer: Haproxy
  readonly links: ReadonlyMap<LinkName, ProxiedLink>
  readonly crashes: readonly Crash[]
  readonly #site: Site
  readonly #settings: Settings

  constructor({ site, settings, endpoint, clock, backends, redis, balancer, links, crashes }: ProcessStackParts) {
    this.#site = site
    this.#settings = settings
    this.endpoint = endpoint
    this.clock = clock
    this.backends = backends
    this.redis = redis
    this.balancer = balancer
    this.links = links
    this.crashes = crashes
  }

  /** Where its files are, until it is closed. */
  get folder(): string {
    return this.#site.folder
  }

  /** The id of each of its processes, by its name. */
  get processes(): ReadonlyMap<string, number> {
    return this.#site.processes
  }

  run<Result>(main: () => Promise<Result>): Promise<Result> {
    return main()
  }

  /** What is paused goes on first: a toxic cannot be changed while its far end takes no bytes. */
  async heal(): Promise<void> {
    this.#site.assertWhole()
    await Promise.all([this.redis.heal(), ...this.backends.map((backend) => backend.continue())])
    await Promise.all([...this.links.values()].map((link) => link.heal()))
    await Promise.all(this.backends.map((backend) => backend.start()))
    await this.#untilWell()
  }

  async reset(): Promise<void> {
    await this.heal()
    await this.balancer.quiesce(this.#settings.timers.longestCallMs)
    await this.redis.empty()
    await this.balancer.clearTables()
  }

  close(): Promise<void> {
    return this.#site.close()
  }

  async #untilWell(): Promise<void> {
    let ill: string[] = []
    const look = async () => {
      this.#site.assertWhole()
      const [states, statuses] = await Promise.all([
        this.balancer.states(),
        Promise.all(this.backends.map(({ url }) => health(url))),
      ])
      ill = this.backends.flatMap(({ name }, at) => {
        const routed = states.get(name)?.status
        if (routed === undefined)
          throw new StackError(`${name} is no server of the backend ${SERVERS}: HAProxy's file must have one`)
        if (routed === 'up' && statuses[at] === 200) return []
        return `${name}: the balancer says ${routed}, /health says ${statuses[at] ?? 'nothing'}`
      })
      return ill.length === 0 ? true : undefined
    }
    await until(look, {
      limitMs: HEAL_LIMIT_MS,
      everyMs: 15,
      missing: () => `the stack does not heal:\n${ill.join('\n')}`,
    })
  }
}
