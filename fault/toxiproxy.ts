// Links through Toxiproxy, for the tiers that run real processes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { type Delay, type Link, type LinkName, StackError, type Truncation } from './stack.ts'
import { type Direction, SETTLE_MS, type Toxic, ToxicDelays } from './toxic-delays.ts'
import { within } from './until.ts'

export interface Route {
  readonly name: LinkName
  /** Where Toxiproxy listens, and where it passes on to: `host:port`. */
  readonly listen: string
  readonly upstream: string
}

/** A link that can also refuse connections, as a host without a listener does. */
export interface ProxiedLink extends Link {
  /** Closes every connection and refuses new ones. Toxiproxy accepts before it dials: a dead upstream alone is not refused. */
  refuse(): Promise<void>
  /** Accepts connections again. */
  accept(): Promise<void>
}

/** `timeout` is silent; taken away, it closes. `reset_peer` waits for data, and closes that long after it. */
type ClosingType = 'timeout' | 'reset_peer'

const STREAM = { requests: 'upstream', replies: 'downstream' } as const

const API_LIMIT_MS = 5_000

/** A connection closed by its limit is forgotten once its reader has taken what came before the end. */
const SLOW_READER_MS = 50

class ToxicLink implements ProxiedLink {
  readonly name: LinkName
  readonly #proxy: ToxiproxyProxy
  readonly #route: Route
  readonly #delays: ToxicDelays
  #closing: Toxic[] = []
  /** None is in front of a closing toxic: it would count what is lost, and block for good on what has closed. */
  #limits: Toxic[] = []
  #count = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(proxy: ToxiproxyProxy, route: Route) {
    this.#proxy = proxy
    this.#route = route
    this.#delays = new ToxicDelays(proxy)
    this.name = route.name
  }

  prepare(): Promise<void> {
    return this.#inTurn(() => this.#delays.prepare())
  }

  cut(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#removeLimits('downstream')
      await this.#removeLimits('upstream')
      this.#closing.push(await this.#addClosing('timeout', 'downstream'), await this.#addClosing('timeout', 'upstream'))
    })
  }

  reset(): Promise<void> {
    return this.#inTurn(async () => {
      const toxic = await this.#addClosing('timeout', 'downstream')
      await toxic.remove()
      await sleep(SETTLE_MS)
    })
  }

  delay(delay: Delay): Promise<void> {
    return this.#inTurn(() => {
      this.#delays.add(delay)
      return this.#applyDelays()
    })
  }

  /** Not `timeout` with a time where connections are to be closed: it would close idle ones too. */
  dropReplies({ closeAfterMs }: { readonly closeAfterMs?: number } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const type = closeAfterMs === undefined ? 'timeout' : 'reset_peer'
      await this.#removeLimits('downstream')
      this.#closing.push(await this.#addClosing(type, 'downstream', closeAfterMs))
    })
  }

  /**
   * Bytes count as they leave the link, behind every delay and hold; what another fault loses does not. The last one
   * allowed still arrives, and its receiver's side is closed with it, even where nothing more was to come; with 0 the
   * first byte is lost and closes. The sender's side is closed behind what is under way to it. A receiver that is itself
   * still sending sees a reset, which may cost it the last bytes.
   */
  truncate({ direction, afterBytes }: Truncation): Promise<void> {
    return this.#inTurn(async () => {
      this.#limits.push(await this.#add('limit_data', STREAM[direction], { bytes: afterBytes }))
    })
  }

  async holdReplies(forMs?: number): Promise<() => Promise<void>> {
    const letGo = this.#delays.hold(forMs)
    await this.#inTurn(() => this.#applyDelays())
    return () =>
      this.#inTurn(() => {
        letGo()
        return this.#applyDelays()
      })
  }

  heal(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#removeLimits('downstream')
      await this.#removeLimits('upstream')
      for (const toxic of this.#closing) await toxic.remove()
      if (this.#closing.length > 0) await sleep(SETTLE_MS)
      this.#closing = []
      this.#delays.clear()
      await this.#applyDelays()
    })
  }

  refuse(): Promise<void> {
    return this.#inTurn(() => this.#enable(false))
  }

  accept(): Promise<void> {
    return this.#inTurn(() => this.#enable(true))
  }

  /** One change of a link at a time, in the order asked for. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() =>
      within(API_LIMIT_MS, `Toxiproxy does not answer for ${this.name}`, change()).catch((cause: unknown) => {
        if (cause instanceof StackError) throw cause
        throw new StackError(`Toxiproxy could not change the link ${this.name}: ${cause}`, { cause })
      }),
    )
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #applyDelays(): Promise<void> {
    return this.#delays.apply(this.#closing.length === 0 ? 'arrive' : 'are lost')
  }

  async #enable(enabled: boolean): Promise<void> {
    const { listen, upstream } = this.#route
    await this.#proxy.update({ enabled, listen, upstream })
  }

  /**
   * What a limit has not closed goes on. The last limit goes first, and what it has closed is forgotten before the next:
   * the one in front passes bytes on that nobody takes any more, and to take it away then blocks the proxy for good.
   */
  async #removeLimits(stream: Direction): Promise<void> {
    const limits = this.#limits.filter((limit) => limit.stream === stream)
    this.#limits = this.#limits.filter((limit) => limit.stream !== stream)
    for (let last = limits.pop(); last !== undefined; last = limits.pop()) {
      await last.remove()
      if (limits.length > 0) await sleep(SLOW_READER_MS)
    }
  }

  #addClosing(type: ClosingType, stream: Direction, timeout = 0): Promise<Toxic> {
    return this.#add(type, stream, { timeout })
  }

  #add(type: ClosingType | 'limit_data', stream: Direction, attributes: object): Promise<Toxic> {
    const name = `${type}-${stream}-${this.#count++}`
    return this.#proxy.addToxic<unknown>({ name, type, stream, toxicity: 1, attributes })
  }
}

/** Opens those links in a Toxiproxy that has none of them yet. */
export async function openLinks(api: Toxiproxy, routes: readonly Route[]): Promise<Map<LinkName, ProxiedLink>> {
  const proxies = await api.populate(routes.map((route) => ({ ...route, enabled: true })))
  const links = routes.map((route) => {
    const proxy = proxies[route.name]
    if (proxy === undefined) throw new StackError(`Toxiproxy did not open ${route.name} at ${route.listen}`)
    return new ToxicLink(proxy, route)
  })
  await Promise.all(links.map((link) => link.prepare()))
  return new Map(links.map((link) => [link.name, link]))
}
