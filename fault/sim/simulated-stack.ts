// The whole stack in one process on virtual time. What is under test is real: the server's handler, tools and store, both
// ends of the SDK, ioredis and its scripts. Simulated are the clock, the network, the balancer and Redis.
import { type Clock, systemClock } from '../../wire/clock.ts'
import type { CommonSettings } from '../settings.ts'
import { type Crash, type LinkName, type Stack, StackError } from '../stack.ts'
import type { SimulatedBalancer } from './balancer/serving/simulated-balancer.ts'
import { installChance, type Random } from './chance.ts'
import { installNetwork, type RouteFrom } from './network/net-connect.ts'
import type { SimulatedLink } from './network/simulated-link.ts'
import type { SimulatedBackend } from './simulated-backend.ts'
import type { SimulatedRedisNode } from './simulated-redis-node.ts'
import { currentLife, type Life } from './time/host.ts'
import { installVirtualTime, type VirtualTime } from './time/virtual-time.ts'
import type { World } from './time/world.ts'
import { installPlainMessages } from './web/install.ts'

const HEAL_LIMIT_MS = 15_000
const LOOK_EVERY_MS = 15

export interface SimulatedStackParts {
  readonly world: World
  readonly settings: CommonSettings
  readonly random: Random
  readonly endpoint: URL
  readonly fetch: typeof fetch
  readonly backends: readonly SimulatedBackend[]
  readonly redis: SimulatedRedisNode
  readonly balancer: SimulatedBalancer
  readonly links: ReadonlyMap<LinkName, SimulatedLink>
  readonly routeFrom: RouteFrom
  /** Told when a `run` has ended. */
  readonly onRest: () => void
}

export class SimulatedStack implements Stack {
  readonly tier = 'sim'
  readonly endpoint: URL
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly backends: readonly SimulatedBackend[]
  readonly redis: SimulatedRedisNode
  readonly balancer: SimulatedBalancer
  readonly links: ReadonlyMap<LinkName, SimulatedLink>
  readonly crashes: Crash[] = []
  readonly #parts: SimulatedStackParts
  #time: VirtualTime | undefined
  #state: 'not begun' | 'begun' | 'closed' = 'not begun'

  constructor(parts: SimulatedStackParts) {
    const { world } = parts
    this.#parts = parts
    this.endpoint = parts.endpoint
    this.backends = parts.backends
    this.redis = parts.redis
    this.balancer = parts.balancer
    this.links = parts.links
    this.fetch = async (input, init) => {
      this.#assertRuns()
      const response = await parts.fetch(input, init)
      world.progress()
      return response
    }
    this.clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        this.#assertRuns()
        world.waits(ms)
        return systemClock.sleep(ms, signal)
      },
    }
  }

  /** Time has come to this: told by the world. */
  moveTo(us: number): void {
    this.#time?.moveTo(us)
  }

  /** An error that nobody caught ends the instance that it came from, as it ends a process. */
  uncaught(life: Life | undefined, error: unknown): void {
    const { world } = this.#parts
    const host = life?.host
    const backend = this.backends.find((each) => each.host === host)
    if (host !== undefined && backend === undefined) {
      world.fail(error)
      return
    }
    const how = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const log = error instanceof Error ? (error.stack ?? how) : how
    this.crashes.push({ backend: backend?.name ?? 'a client', at: performance.now(), how: `uncaught ${how}`, log })
    if (life?.phase !== 'over') backend?.host.kill()
  }

  async run<Result>(main: () => Promise<Result>): Promise<Result> {
    if (this.#time !== undefined) throw new StackError('the simulation runs already: one `run` at a time')
    if (this.#state === 'closed') throw new StackError('the stack is closed')
    const { world, random, routeFrom } = this.#parts
    const uninstall = [installChance(random), installNetwork(routeFrom), installPlainMessages(), this.#listen()]
    this.#time = installVirtualTime(() => world)
    this.#time.moveTo(world.nowUs)
    try {
      return await world.run(async () => {
        if (this.#state === 'not begun') await this.#begin()
        return main()
      })
    } finally {
      this.#time.uninstall()
      this.#time = undefined
      for (const each of uninstall) each()
      this.#parts.onRest()
    }
  }

  async heal(): Promise<void> {
    this.#assertRuns()
    await Promise.all([this.redis.heal(), ...this.backends.map((backend) => backend.continue())])
    await Promise.all([...this.links.values()].map((link) => link.heal()))
    await Promise.all(this.backends.map((backend) => backend.start()))
    await this.#untilWell()
  }

  async reset(): Promise<void> {
    await this.heal()
    await this.#untilIdle()
    this.redis.empty()
    this.balancer.clearTables()
  }

  async close(): Promise<void> {
    this.#state = 'closed'
  }

  async #begin(): Promise<void> {
    this.#state = 'begun'
    await this.redis.start()
    await Promise.all(this.backends.map((backend) => backend.start()))
    this.balancer.start()
  }

  /** Errors that nobody caught, while the world goes on; whoever else listens for them hears nothing of these. */
  #listen(): () => void {
    const { world } = this.#parts
    const heard = (error: unknown) => world.uncaught(currentLife(), error)
    const rejections = process.listeners('unhandledRejection')
    const exceptions = process.listeners('uncaughtException')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', heard)
    process.removeAllListeners('uncaughtException').on('uncaughtException', heard)
    return () => {
      process.off('unhandledRejection', heard)
      process.off('uncaughtException', heard)
      for (const listener of rejections) process.on('unhandledRejection', listener)
      for (const listener of exceptions) process.on('uncaughtException', listener)
    }
  }

  async #untilWell(): Promise<void> {
    const until = performance.now() + HEAL_LIMIT_MS
    for (;;) {
      const ill = await this.#ill()
      if (ill.length === 0) return
      if (performance.now() > until) throw new StackError(`the stack does not heal:\n${ill.join('\n')}`)
      await this.clock.sleep(LOOK_EVERY_MS)
    }
  }

  /** What is not well. The instances are asked once the balancer routes to all of them, which comes last. */
  async #ill(): Promise<string[]> {
    const states = await this.balancer.states()
    const unrouted = this.backends.flatMap(({ name }) => {
      const routed = states.get(name)?.status
      return routed === 'up' ? [] : [`${name}: the balancer says ${routed ?? 'nothing'}`]
    })
    if (unrouted.length > 0) return unrouted
    const statuses = await Promise.all(this.backends.map(({ url }) => this.#health(url)))
    return this.backends.flatMap(({ name }, at) =>
      statuses[at] === 200 ? [] : [`${name}: /health says ${statuses[at] ?? 'nothing'}`],
    )
  }

  async #health(url: URL): Promise<number | undefined> {
    try {
      const response = await this.fetch(new URL('/health', url))
      await response.arrayBuffer()
      return response.status
    } catch {
      return undefined
    }
  }

  /** Lets running calls end; those that outlast the limit are ended. */
  async #untilIdle(): Promise<void> {
    const until = performance.now() + this.#parts.settings.timers.longestCallMs
    while (this.balancer.running > 0) {
      if (performance.now() > until) this.balancer.shutDownCalls()
      await this.clock.sleep(LOOK_EVERY_MS)
    }
  }

  #assertRuns(): void {
    if (this.#time === undefined) throw new StackError('time passes only in `run` here: use the stack within it')
  }
}
