// The simulated Redis as a part of the stack: paused, ended, started again with its data or without, full and read-only.
import { type RedisNode, type RedisState, StackError } from '../stack.ts'
import type { Listener } from './network/dial.ts'
import { SimulatedRedis } from './redis/simulated-redis.ts'
import { redisListener } from './redis-listener.ts'
import { Host } from './time/host.ts'
import type { World } from './time/world.ts'

/** From the start of its process until it serves. */
const BOOT_MS = 50

export class SimulatedRedisNode implements RedisNode {
  readonly url: string
  readonly listener: Listener
  readonly host = new Host('redis')
  readonly #world: World
  readonly #redis: SimulatedRedis
  #last: Promise<void> = Promise.resolve()

  constructor(world: World, url: string) {
    this.url = url
    this.#world = world
    // Read in its host's life: a clock that is skewed is skewed here.
    this.#redis = new SimulatedRedis({
      now: () => Date.now(),
      // Whoever asks may swallow the error that it gets, and would look as if it kept its promises.
      onNotSimulated: (command) =>
        world.fail(new StackError(`the simulated Redis has no command ${command}: use --stack process`)),
    })
    this.listener = redisListener(this.host, this.#redis, world)
  }

  get state(): RedisState {
    const phase = this.host.life?.phase
    return phase === 'paused' ? 'paused' : phase === 'running' ? 'up' : 'down'
  }

  async watchWrites(listener: (sessionId: string) => void, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const stop = this.#redis.watchWrites((id) => {
      this.#world.afterIn(undefined, 0, 'a write is seen', () => !signal.aborted && listener(id))
    })
    signal.addEventListener('abort', stop, { once: true })
  }

  pause(): Promise<void> {
    return this.#inTurn(async () => this.host.pause())
  }

  continue(): Promise<void> {
    return this.#inTurn(async () => this.#world.continue(this.host))
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => this.#end('kept'))
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#start())
  }

  restart({ data }: { readonly data: 'kept' | 'lost' }): Promise<void> {
    return this.#inTurn(async () => {
      this.#end(data)
      await this.#start()
    })
  }

  fill(): Promise<void> {
    return this.#inTurn(async () => this.#redis.refuse('full', 'on'))
  }

  readOnly(): Promise<void> {
    return this.#inTurn(async () => this.#redis.refuse('read-only', 'on'))
  }

  /** It runs, serves, and refuses nothing. */
  heal(): Promise<void> {
    return this.#inTurn(async () => {
      this.#world.continue(this.host)
      await this.#start()
      this.#redis.refuse('full', 'off')
      this.#redis.refuse('read-only', 'off')
    })
  }

  empty(): void {
    this.#redis.empty()
  }

  #end(data: 'kept' | 'lost'): void {
    this.host.kill()
    this.#redis.restart(data)
  }

  async #start(): Promise<void> {
    if (this.host.life !== undefined) return
    await new Promise<void>((resolve) => {
      this.#world.afterIn(undefined, BOOT_MS * 1_000, 'Redis starts', resolve)
    })
    this.host.start(() => {})
  }

  /** One change at a time, in the order asked for. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(change)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
