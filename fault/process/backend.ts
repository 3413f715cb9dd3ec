// One instance of the server as a process, and its link, which refuses connections whenever the process is not there.
import { type Backend, type BackendState, type Crash, StackError } from '../stack.ts'
import { until } from '../until.ts'
import type { Child } from './child.ts'

const START_LIMIT_MS = 15_000
/** Beyond its own drain time an instance is ended, as container runtimes do. */
const STOP_MARGIN_MS = 2_000

/** The way to an instance. It refuses connections while the process behind it is not there. */
export interface Gate {
  accept(): Promise<void>
  refuse(): Promise<void>
}

export interface BackendSettings {
  readonly name: string
  readonly url: URL
  readonly link: Gate
  readonly drainMs: number
  /** Starts its process. */
  readonly launch: () => Child
  /** Whether it answers. */
  readonly answers: (url: URL) => Promise<boolean>
  readonly crashed: (crash: Omit<Crash, 'at'>) => void
}

/** One life of an instance. */
interface Life {
  readonly child: Child
  /** When it has ended and its link refuses. */
  readonly over: Promise<void>
  readonly started: Promise<void>
  /** `ending`: it was told to end at once. `failed`: it ended by itself before it answered. */
  phase: 'starting' | 'up' | 'draining' | 'ending' | 'failed'
  paused: boolean
}

export class ProcessBackend implements Backend {
  readonly name: string
  readonly url: URL
  readonly #settings: BackendSettings
  #life: Life | undefined

  constructor(settings: BackendSettings) {
    this.name = settings.name
    this.url = settings.url
    this.#settings = settings
  }

  get state(): BackendState {
    const life = this.#life
    if (life?.phase !== 'up' && life?.phase !== 'draining') return 'down'
    return life.paused ? 'paused' : life.phase
  }

  /** The link goes first: a proxy that still accepts for a dead process looks like an answer, not like a refusal. */
  async kill(): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    life.phase = 'ending'
    await this.#settings.link.refuse()
    await life.child.kill()
    await life.over
  }

  async stop(): Promise<void> {
    const life = this.#life
    if (life === undefined) return
    if (life.phase !== 'ending') life.phase = 'draining'
    life.paused = false
    life.child.signal('SIGTERM')
    life.child.signal('SIGCONT')
    const late = setTimeout(() => life.child.signal('SIGKILL'), this.#settings.drainMs + STOP_MARGIN_MS)
    await life.over
    clearTimeout(late)
  }

  async start(): Promise<void> {
    const last = this.#life
    if (last !== undefined && last.phase !== 'starting' && last.phase !== 'up') await last.over
    this.#life ??= this.#begin()
    await this.#life.started
  }

  async pause(): Promise<void> {
    const life = this.#life
    if (life === undefined || (this.state !== 'up' && this.state !== 'draining')) return
    life.paused = true
    await life.child.pause()
  }

  async continue(): Promise<void> {
    if (this.#life === undefined) return
    this.#life.paused = false
    this.#life.child.signal('SIGCONT')
  }

  #begin(): Life {
    const child = this.#settings.launch()
    const life: Life = {
      child,
      phase: 'starting',
      paused: false,
      over: child.ended.then((how) => this.#end(life, how)),
      started: Promise.resolve().then(() => this.#answer(life)),
    }
    return life
  }

  /** Resolves when it answers and is let in, or when something else was asked of it in the meantime. */
  async #answer(life: Life): Promise<void> {
    const { url, link, answers } = this.#settings
    const look = async () => {
      if (life.phase !== 'starting') return 'superseded' as const
      return (await answers(url)) ? ('answers' as const) : undefined
    }
    const missing = () => `${this.name} does not answer at ${url}; the end of its log:\n${life.child.lastLines()}`
    const outcome = await until(look, { limitMs: START_LIMIT_MS, everyMs: 15, missing })
    if (outcome === 'answers' && life.phase === 'starting') {
      life.phase = 'up'
      await link.accept()
    } else if (life.phase === 'failed') {
      const how = `${this.name} ended (${life.child.how}) before it answered`
      throw new StackError(`${how}; the end of its log:\n${life.child.lastLines()}`)
    }
  }

  async #end(life: Life, how: string): Promise<void> {
    if (this.#life === life) this.#life = undefined
    if (life.phase === 'starting') life.phase = 'failed'
    if (life.phase === 'up') this.#settings.crashed({ backend: this.name, how, log: life.child.lastLines() })
    // Where Toxiproxy has gone too there is nothing left to refuse; `heal` tells of it.
    await this.#settings.link.refuse().catch(() => undefined)
  }
}
