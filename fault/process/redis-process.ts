// Redis as a process of the stack: paused, ended, started again with its data or without, full and read-only.
import { rm } from 'node:fs/promises'
import type { DirectRedis, Refusal } from '../redis.ts'
import type { RedisNode, RedisState } from '../stack.ts'
import { within } from '../until.ts'
import type { Child } from './child.ts'

const END_LIMIT_MS = 5_000

export interface RedisProcessSettings {
  readonly direct: DirectRedis
  /** Where it keeps its data while it is down. */
  readonly dataFile: string
  /** Starts its process. */
  readonly launch: () => Child
  /** Before it is ended: until then its end is a failure of the stack. */
  readonly release: (child: Child) => void
  /** Resolves when it serves. */
  readonly served: (child: Child) => Promise<void>
}

export class RedisProcess implements RedisNode {
  readonly url: string
  readonly #settings: RedisProcessSettings
  readonly #refusals = new Set<Refusal>()
  #child: Child | undefined
  #isPaused = false
  #last: Promise<void> = Promise.resolve()

  constructor(settings: RedisProcessSettings) {
    this.url = settings.direct.url
    this.#settings = settings
  }

  get state(): RedisState {
    if (this.#child === undefined) return 'down'
    return this.#isPaused ? 'paused' : 'up'
  }

  watchWrites(listener: (sessionId: string) => void, signal: AbortSignal): Promise<void> {
    return this.#settings.direct.watchWrites(listener, signal)
  }

  empty(): Promise<void> {
    return this.#settings.direct.empty()
  }

  pause(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#child === undefined) return
      this.#isPaused = true
      await this.#child.pause()
    })
  }

  continue(): Promise<void> {
    return this.#inTurn(() => this.#continue())
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop())
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#start())
  }

  restart({ data }: { readonly data: 'kept' | 'lost' }): Promise<void> {
    return this.#inTurn(async () => {
      await (data === 'kept' ? this.#stop() : this.#lose())
      await this.#start()
    })
  }

  fill(): Promise<void> {
    return this.#inTurn(() => this.#refuse('full'))
  }

  readOnly(): Promise<void> {
    return this.#inTurn(() => this.#refuse('read-only'))
  }

  /** It runs, serves, and refuses nothing. */
  heal(): Promise<void> {
    return this.#inTurn(async () => {
      const refused = [...this.#refusals]
      this.#refusals.clear()
      await this.#continue()
      await this.#start()
      for (const refusal of refused) await this.#settings.direct.refuse(refusal, 'off')
    })
  }

  async #continue(): Promise<void> {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#child?.signal('SIGCONT')
    await this.#refuseAgain()
  }

  /** Its own shutdown and not a kill: nothing that it has acknowledged comes after what it writes down. */
  async #stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#isPaused = false
    this.#settings.release(child)
    child.signal('SIGCONT')
    const ended = this.#settings.direct.shutDown().then(() => child.ended)
    await within(END_LIMIT_MS, `Redis does not end; the end of its log:\n${child.lastLines()}`, ended)
    this.#child = undefined
  }

  async #lose(): Promise<void> {
    if (this.#child !== undefined) this.#settings.release(this.#child)
    await this.#child?.kill()
    this.#child = undefined
    this.#isPaused = false
    await rm(this.#settings.dataFile, { force: true })
  }

  async #start(): Promise<void> {
    if (this.#child !== undefined) return
    this.#child = this.#settings.launch()
    await this.#settings.served(this.#child)
    await this.#refuseAgain()
  }

  async #refuse(refusal: Refusal): Promise<void> {
    this.#refusals.add(refusal)
    if (this.state === 'up') await this.#settings.direct.refuse(refusal, 'on')
  }

  async #refuseAgain(): Promise<void> {
    for (const refusal of this.#refusals) await this.#settings.direct.refuse(refusal, 'on')
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(change)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
