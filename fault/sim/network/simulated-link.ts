// A link of the simulated network, hurt as Toxiproxy hurts a real one: a cut is silence and no refusal, replies can be
// lost alone, and healing closes the connections that lost bytes.
import type { Delay, Link, LinkName, Truncation } from '../../stack.ts'
import type { World } from '../time/world.ts'

/** `up` from the side that dialled, `down` to it. */
export type Direction = 'up' | 'down'

/** What becomes of something that is sent. */
export type Passage =
  | { readonly kind: 'arrives'; readonly afterUs: number }
  | { readonly kind: 'lost' }
  /** So many bytes of it arrive, and then the connection is closed. */
  | { readonly kind: 'breaks'; readonly afterUs: number; readonly bytes: number }

/** A connection that runs over the link. */
export interface Carried {
  readonly isBroken: boolean
  /** Closes it for both sides at once. */
  reset(): void
}

export interface SimulatedLinkOptions {
  readonly name: LinkName
  /**
   * What becomes of those who dial a host that is not there. A proxy in between accepts for it and closes: so it is for
   * links to Redis and to the balancer, where only the link of an instance refuses while that is down. `refuses`.
   */
  readonly farEnd?: 'refuses' | 'accepts and closes'
  readonly world: World
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
  /** Of the link when it is well: the least, and the most that chance adds. Microseconds. */
  readonly latencyUs: { readonly least: number; readonly spread: number }
}

interface Hold {
  readonly forMs: number
  /** What waits for an endless hold to be let go. */
  readonly waiting: (() => void)[]
}

/** Where connections break: after so many bytes in that direction. */
interface Limit {
  readonly direction: Direction
  readonly afterBytes: number
  /** How many each connection has carried since this was asked for. */
  readonly gone: WeakMap<Carried, number>
}

type Silence = 'none' | 'replies' | 'both'

export class SimulatedLink implements Link {
  readonly name: LinkName
  readonly #options: SimulatedLinkOptions
  readonly #carried = new Set<Carried>()
  readonly #holds = new Set<Hold>()
  #delays: Delay[] = []
  #silence: Silence = 'none'
  #closeAfterMs: number | undefined
  /** Toxiproxy's silence, taken away, closes every connection, whether it lost bytes or not. */
  #closesWhenHealed = false
  #limits: Limit[] = []
  #twice = 0
  #door: 'accepts' | 'refuses' = 'accepts'

  constructor(options: SimulatedLinkOptions) {
    this.name = options.name
    this.#options = options
  }

  get farEnd(): 'refuses' | 'accepts and closes' {
    return this.#options.farEnd ?? 'refuses'
  }

  /** Whether somebody who dials over it is refused. */
  get refuses(): boolean {
    return this.#door === 'refuses'
  }

  carry(connection: Carried): void {
    this.#carried.add(connection)
  }

  drop(connection: Carried): void {
    this.#carried.delete(connection)
  }

  /** The end of a connection goes its way though bytes are lost: where replies close late, as late as they do. */
  passEnd(direction: Direction, then: (afterUs: number) => void): void {
    const endless = direction === 'down' ? this.#endlessHold() : undefined
    if (endless) {
      endless.waiting.push(() => this.passEnd(direction, then))
      return
    }
    const closeAfterMs = direction === 'down' && this.#silence !== 'none' ? (this.#closeAfterMs ?? 0) : 0
    then(this.#latencyUs(direction) + closeAfterMs * 1_000)
  }

  /** Whether what goes in that direction is lost now: what was still delayed when silence fell is lost too. */
  loses(connection: Carried, direction: Direction): boolean {
    if (!this.#isSilent(direction)) return false
    this.#closeLater(connection)
    return true
  }

  /** Sends so many bytes on their way: `then` is told what becomes of them, at once or when a hold is let go. */
  pass(connection: Carried, direction: Direction, bytes: number, then: (passage: Passage) => void): void {
    if (this.loses(connection, direction)) {
      then({ kind: 'lost' })
      return
    }
    const endless = direction === 'down' ? this.#endlessHold() : undefined
    if (endless) {
      endless.waiting.push(() => this.pass(connection, direction, bytes, then))
      return
    }
    const left = this.#leftOf(connection, direction, bytes)
    const afterUs = this.#latencyUs(direction)
    then(left === undefined ? { kind: 'arrives', afterUs } : { kind: 'breaks', afterUs, bytes: left })
  }

  /** The next request over it arrives twice. */
  deliverTwice(): void {
    this.#twice++
  }

  /** Whether the request that is being sent arrives twice. */
  takesTwice(): boolean {
    if (this.#twice === 0) return false
    this.#twice--
    return true
  }

  /** How long it takes to open a connection over it, in microseconds: delays hold up what is sent, not this. */
  dialUs(): number {
    const { random, latencyUs } = this.#options
    return latencyUs.least + random() * latencyUs.spread
  }

  async cut(): Promise<void> {
    this.#silence = 'both'
    this.#closesWhenHealed = true
    this.#limits = []
  }

  async reset(): Promise<void> {
    this.#resetAll([...this.#carried])
  }

  async delay(delay: Delay): Promise<void> {
    this.#delays.push(delay)
  }

  async dropReplies({ closeAfterMs }: { readonly closeAfterMs?: number } = {}): Promise<void> {
    if (this.#silence === 'none') this.#silence = 'replies'
    this.#closeAfterMs = closeAfterMs
    if (closeAfterMs === undefined) this.#closesWhenHealed = true
    this.#limits = this.#limits.filter(({ direction }) => direction === 'up')
  }

  /** What is lost anyway is not counted: silence takes the limits of its direction away, and takes no new ones. */
  async truncate({ direction, afterBytes }: Truncation): Promise<void> {
    const limited = direction === 'requests' ? 'up' : 'down'
    if (!this.#isSilent(limited)) this.#limits.push({ direction: limited, afterBytes, gone: new WeakMap() })
  }

  async holdReplies(forMs = Number.POSITIVE_INFINITY): Promise<() => Promise<void>> {
    const hold: Hold = { forMs, waiting: [] }
    this.#holds.add(hold)
    return async () => this.#letGo(hold)
  }

  async heal(): Promise<void> {
    this.#silence = 'none'
    this.#closeAfterMs = undefined
    this.#limits = []
    this.#twice = 0
    this.#delays = []
    for (const hold of [...this.#holds]) this.#letGo(hold)
    const closing = this.#closesWhenHealed ? [...this.#carried] : [...this.#carried].filter(({ isBroken }) => isBroken)
    this.#closesWhenHealed = false
    this.#resetAll(closing)
  }

  /** Closes every connection and refuses new ones, as a host without a listener does. */
  refuse(): void {
    this.#door = 'refuses'
    this.#resetAll([...this.#carried])
  }

  accept(): void {
    this.#door = 'accepts'
  }

  /** How many of the bytes still arrive, where the connection is to break by them. */
  #leftOf(connection: Carried, direction: Direction, bytes: number): number | undefined {
    let least: number | undefined
    for (const { direction: limited, afterBytes, gone } of this.#limits) {
      if (limited !== direction || bytes === 0) continue
      const before = gone.get(connection) ?? 0
      gone.set(connection, before + bytes)
      const left = Math.max(0, afterBytes - before)
      if (bytes >= left) least = Math.min(least ?? left, left)
    }
    return least
  }

  #endlessHold(): Hold | undefined {
    for (const hold of this.#holds) if (hold.forMs === Number.POSITIVE_INFINITY) return hold
    return undefined
  }

  #isSilent(direction: Direction): boolean {
    return this.#silence === 'both' || (this.#silence === 'replies' && direction === 'down')
  }

  #closeLater(connection: Carried): void {
    if (this.#closeAfterMs === undefined) return
    const close = () => connection.reset()
    this.#options.world.afterIn(undefined, this.#closeAfterMs * 1_000, `${this.name} closes a connection`, close)
  }

  #resetAll(connections: readonly Carried[]): void {
    for (const connection of connections) connection.reset()
  }

  #letGo(hold: Hold): void {
    this.#holds.delete(hold)
    for (const pass of hold.waiting.splice(0)) pass()
  }

  /** A hold and a delay of replies do not add up: Toxiproxy has one latency, the longer of both. */
  #latencyUs(direction: Direction): number {
    const { random } = this.#options
    const delayMs = this.#delays.reduce((sum, { ms }) => sum + ms, 0)
    const heldMs = direction === 'down' ? [...this.#holds].reduce((most, { forMs }) => Math.max(most, forMs), 0) : 0
    const jitterMs = this.#delays.reduce((sum, each) => sum + (2 * random() - 1) * (each.jitterMs ?? 0), 0)
    const addedMs = heldMs > delayMs ? heldMs : Math.max(0, delayMs + jitterMs)
    return this.dialUs() + addedMs * 1_000
  }
}
