// A link of the simulated network, hurt as Toxiproxy hurts a real one: a cut is silence and no refusal, replies can be
// lost alone, and healing closes the connections that lost bytes.
import type { Delay, Link, LinkName } from '../../stack.ts'
import type { World } from '../time/world.ts'

/** `up` from the side that dialled, `down` to it. */
export type Direction = 'up' | 'down'

/** What becomes of something that is sent. */
export type Passage = { readonly kind: 'arrives'; readonly afterUs: number } | { readonly kind: 'lost' }

/** A connection that runs over the link. */
export interface Carried {
  readonly isBroken: boolean
  /** Closes it for both sides at once. */
  reset(): void
}

export interface SimulatedLinkOptions {
  readonly name: LinkName
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

type Silence = 'none' | 'replies' | 'both'

export class SimulatedLink implements Link {
  readonly name: LinkName
  readonly #options: SimulatedLinkOptions
  readonly #carried = new Set<Carried>()
  readonly #holds = new Set<Hold>()
  #delays: Delay[] = []
  #silence: Silence = 'none'
  #closeAfterMs: number | undefined
  #door: 'accepts' | 'refuses' = 'accepts'

  constructor(options: SimulatedLinkOptions) {
    this.name = options.name
    this.#options = options
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

  /** Sends something on its way: `then` is told what becomes of it, at once or when a hold is let go. */
  pass(connection: Carried, direction: Direction, then: (passage: Passage) => void): void {
    if (this.#isSilent(direction)) {
      this.#closeLater(connection)
      then({ kind: 'lost' })
      return
    }
    const endless =
      direction === 'down' ? [...this.#holds].find(({ forMs }) => forMs === Number.POSITIVE_INFINITY) : undefined
    if (endless) endless.waiting.push(() => this.pass(connection, direction, then))
    else then({ kind: 'arrives', afterUs: this.#latencyUs(direction) })
  }

  /** How long it takes to open a connection over it, in microseconds: delays hold up what is sent, not this. */
  dialUs(): number {
    const { random, latencyUs } = this.#options
    return latencyUs.least + random() * latencyUs.spread
  }

  async cut(): Promise<void> {
    this.#silence = 'both'
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
  }

  async holdReplies(forMs = Number.POSITIVE_INFINITY): Promise<() => Promise<void>> {
    const hold: Hold = { forMs, waiting: [] }
    this.#holds.add(hold)
    return async () => this.#letGo(hold)
  }

  async heal(): Promise<void> {
    this.#silence = 'none'
    this.#closeAfterMs = undefined
    this.#delays = []
    for (const hold of [...this.#holds]) this.#letGo(hold)
    this.#resetAll([...this.#carried].filter(({ isBroken }) => isBroken))
  }

  /** Closes every connection and refuses new ones, as a host without a listener does. */
  refuse(): void {
    this.#door = 'refuses'
    this.#resetAll([...this.#carried])
  }

  accept(): void {
    this.#door = 'accepts'
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

  #latencyUs(direction: Direction): number {
    const { random } = this.#options
    const delayMs = this.#delays.reduce((sum, { ms, jitterMs = 0 }) => sum + ms + (2 * random() - 1) * jitterMs, 0)
    const heldMs = direction === 'down' ? [...this.#holds].reduce((most, { forMs }) => Math.max(most, forMs), 0) : 0
    return this.dialUs() + Math.max(0, delayMs + heldMs) * 1_000
  }
}
