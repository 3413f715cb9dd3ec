// Latency on one link, which delays bytes or holds replies back. Its toxics are there from the start and are only set:
// in Toxiproxy 2.12 one that is taken away, or set while what stands behind it takes nothing, can block its proxy for good.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { type Delay, StackError } from './stack.ts'

export type Direction = 'upstream' | 'downstream'
export type Toxic = Awaited<ReturnType<ToxiproxyProxy['addToxic']>>

/** As Toxiproxy spells it, in milliseconds. */
interface Latency {
  readonly latency: number
  readonly jitter: number
}

const NO_LATENCY: Latency = { latency: 0, jitter: 0 }
const FOR_EVER_MS = 3_600_000

/** After a change, connections that it closed are forgotten by Toxiproxy: until then another change could block on them. */
export const SETTLE_MS = 5

export class ToxicDelays {
  readonly #proxy: ToxiproxyProxy
  #toxics: { readonly [way in Direction]: Toxic } | undefined
  #inForce: { [way in Direction]: Latency } = { upstream: NO_LATENCY, downstream: NO_LATENCY }
  #delay = NO_LATENCY
  /** How long each hold keeps a reply back. */
  #holds = new Map<symbol, number>()

  constructor(proxy: ToxiproxyProxy) {
    this.#proxy = proxy
  }

  /**
   * Both ways end in an empty latency: a toxic that is added behind it lets go of nothing that a hold keeps, and its
   * buffer takes what the delay in front lets go, which therefore can be set whatever becomes of the connection.
   */
  async prepare(): Promise<void> {
    const latency = (name: string, stream: Direction) =>
      this.#proxy.addToxic<unknown>({ name, type: 'latency', stream, toxicity: 1, attributes: NO_LATENCY })
    const [upstream, downstream] = [await latency('requests', 'upstream'), await latency('replies', 'downstream')]
    this.#toxics = { upstream, downstream }
    await latency('requests-end', 'upstream')
    await latency('replies-end', 'downstream')
  }

  /** Adds to what is there; in force once it is applied. */
  add({ ms, jitterMs = 0 }: Delay): void {
    this.#delay = { latency: this.#delay.latency + ms, jitter: this.#delay.jitter + jitterMs }
  }

  /** Returns what ends this hold; both are in force once applied. */
  hold(forMs = FOR_EVER_MS): () => void {
    const hold = Symbol('hold')
    this.#holds.set(hold, forMs)
    return () => void this.#holds.delete(hold)
  }

  clear(): void {
    this.#delay = NO_LATENCY
    this.#holds.clear()
  }

  /**
   * Puts what was asked for in force. Replies are left as they are while something behind closes connections: that may
   * just have stopped taking chunks, and no reply arrives anyway.
   */
  async apply(replies: 'arrive' | 'are lost'): Promise<void> {
    await this.#set('upstream', this.#delay)
    if (replies === 'are lost') return
    const held = Math.max(0, ...this.#holds.values())
    await this.#set('downstream', held > this.#delay.latency ? { latency: held, jitter: 0 } : this.#delay)
  }

  /** Only where it changes: to be set, even to the same, makes a latency let go of what it is about to delay. */
  async #set(way: Direction, attributes: Latency): Promise<void> {
    const toxic = this.#toxics?.[way]
    if (toxic === undefined) throw new StackError('a link was used before it was prepared')
    const { latency, jitter } = this.#inForce[way]
    if (latency === attributes.latency && jitter === attributes.jitter) return
    await toxic.update({ ...toxic.toJson(), attributes })
    this.#inForce[way] = attributes
    await sleep(SETTLE_MS)
  }
}
