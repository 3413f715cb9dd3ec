// One instance of the server on a simulated host: the real application over the real store, without a process or a socket.
import { refusal } from '../../server/answers.ts'
import { type App, createApp } from '../../server/index.ts'
import type { OpenStore, SessionStore } from '../../server/store/contract.ts'
import { systemClock } from '../../wire/clock.ts'
import type { CommonSettings } from '../settings.ts'
import type { Backend, BackendState } from '../stack.ts'
import { httpListener } from './http/server.ts'
import { webHandler } from './http/web-handler.ts'
import type { Listener } from './network/dial.ts'
import { Host } from './time/host.ts'
import type { World } from './time/world.ts'

/** From the start of a process until it serves. */
const BOOT_MS = 200
/** Beyond its own drain time an instance is ended, as container runtimes do. */
const STOP_MARGIN_MS = 2_000

export interface SimulatedBackendOptions {
  readonly name: string
  readonly url: URL
  readonly world: World
  readonly settings: CommonSettings
  readonly openStore: OpenStore
  readonly redisUrl: string
  /** The balancer's way to it. It refuses while the instance is not there, and a kill closes what runs over it. */
  readonly link: { accept(): void; refuse(): void }
}

interface Running {
  readonly app: App
  readonly store: SessionStore
}

export class SimulatedBackend implements Backend {
  readonly name: string
  readonly url: URL
  readonly host: Host
  readonly listener: Listener
  readonly #options: SimulatedBackendOptions
  #phase: 'down' | 'starting' | 'up' | 'draining' = 'down'
  #running: Running | undefined
  /** Settled when its current life has ended, and when it serves. */
  #over: Promise<void> = Promise.resolve()
  #started: Promise<void> = Promise.resolve()

  constructor(options: SimulatedBackendOptions) {
    this.name = options.name
    this.url = options.url
    this.host = new Host(options.name)
    this.#options = options
    const serve = webHandler((request) => this.#handle(request))
    this.listener = { ...httpListener(this.host, serve), listens: () => this.#running !== undefined }
  }

  get state(): BackendState {
    if (this.#phase === 'down' || this.#phase === 'starting') return 'down'
    return this.host.life?.phase === 'paused' ? 'paused' : this.#phase
  }

  /** The link goes first, as on real processes: what it holds back or delays is lost with it. */
  async kill(): Promise<void> {
    if (this.host.life === undefined) return
    this.#options.link.refuse()
    this.host.kill()
    await this.#over
  }

  async stop(): Promise<void> {
    const running = this.#running
    const { world, settings } = this.#options
    if (this.host.life === undefined) return
    world.continue(this.host)
    if (running === undefined) return this.kill()
    if (this.#phase !== 'draining') {
      this.#phase = 'draining'
      if (world.isLogged) world.note('drains', this.name)
      world.afterIn(this.host.life, 0, `${this.name} is told to end`, () => void this.#shutDown(running))
      const late = settings.timers.drainMs + STOP_MARGIN_MS
      world.afterIn(this.host.life, late * 1_000, `${this.name} drains for too long`, () => this.host.kill())
    }
    await this.#over
  }

  async start(): Promise<void> {
    if (this.#phase === 'draining') await this.#over
    if (this.#phase === 'down') this.#begin()
    await Promise.race([this.#started, this.#over])
  }

  async pause(): Promise<void> {
    if (this.#phase === 'up' || this.#phase === 'draining') this.host.pause()
  }

  async continue(): Promise<void> {
    this.#options.world.continue(this.host)
  }

  #begin(): void {
    const { world } = this.#options
    this.#phase = 'starting'
    this.host.start(() => {})
    const { life } = this.host
    this.#started = new Promise((resolve) => {
      const serves = () => world.afterIn(undefined, 0, `${this.name} serves`, resolve)
      world.afterIn(life, BOOT_MS * 1_000, `${this.name} starts`, () => void this.#boot().then(serves))
    })
    this.#over = new Promise((resolve) => {
      life?.whenOver.add(() => {
        this.#phase = 'down'
        this.#running = undefined
        this.#options.link.refuse()
        if (world.isLogged) world.note('ended', this.name)
        world.afterIn(undefined, 0, `${this.name} has ended`, resolve)
      })
    })
  }

  async #boot(): Promise<void> {
    const { settings, openStore, redisUrl, world } = this.#options
    const { ttlMs, timers } = settings
    const store = await openStore({ url: redisUrl, clock: systemClock, deadlineMs: timers.storeDeadlineMs })
    const app = createApp({ store, instance: this.name, ttlMs, keepAliveMs: timers.keepAliveMs, clock: systemClock })
    this.#running = { app, store }
    this.#phase = 'up'
    this.#options.link.accept()
    if (world.isLogged) world.note('serves', this.name)
  }

  /** As the server's own process does at SIGTERM. */
  async #shutDown({ app, store }: Running): Promise<void> {
    await app.drain(this.#options.settings.timers.drainMs)
    await app.close()
    await store.close()
    this.host.kill()
  }

  /** A request without a host is refused before the application sees it: a health check that names none fails. */
  async #handle(request: Request): Promise<Response> {
    const app = this.#app()
    return request.headers.has('host') ? app.handle(request) : refusal(403, -32000, 'Missing host header')
  }

  #app(): App {
    if (this.#running === undefined) throw new Error(`${this.name} does not serve`)
    return this.#running.app
  }
}
