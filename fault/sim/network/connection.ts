// A connection between two simulated hosts: two lanes, one each way, over one link. Each piece arrives as an event of
// its own, in the life of its receiver and in the order of sending; what has left arrives though its sender has died.
import type { Life } from '../time/host.ts'
import type { World } from '../time/world.ts'
import type { Direction, SimulatedLink } from './simulated-link.ts'

/** How a connection came to its end: in order, or by force. */
export type Closing = 'ended' | 'reset'

/** What travels: something of that length on the wire. */
export interface Piece {
  readonly bytes: number
  /** What there is of it where a stream breaks after so many bytes, if a part of it means anything. */
  readonly first?: (bytes: number) => Piece
}

/** What one side of a connection does with it. */
export interface End<Out extends Piece = Piece> {
  send<Sent extends Out>(piece: Sent): void
  /** After what was sent. Nothing is heard from then on. */
  close(how?: Closing): void
}

/** What one side of a connection hears. */
export interface Ear<In> {
  onPiece(piece: In): void
  /** Once, after the last piece. */
  onClosed(how: Closing): void
}

interface Side {
  readonly life: Life | undefined
  ear: Ear<Piece> | undefined
  /** What it does when the first piece arrives, and before that: it takes the connection. */
  accept: (() => void) | undefined
  /** Its life's end means nothing to the connection any more. */
  readonly forget: () => void
}

/** What was sent in one turn travels together, as bytes that are written at once do. */
interface Batch {
  readonly turn: number
  readonly pieces: Piece[]
}

const opposite = (direction: Direction): Direction => (direction === 'up' ? 'down' : 'up')

export class Connection {
  /** It lost bytes: when its link is healed it cannot go on. */
  isBroken = false
  readonly #world: World
  readonly #link: SimulatedLink
  readonly #sides: Partial<Record<Direction, Side>> = {}
  /** When the last piece of a lane arrives. */
  readonly #lastUs = { up: 0, down: 0 }
  readonly #batches: Partial<Record<Direction, Batch>> = {}
  readonly #arrival: string
  #state: 'open' | 'closed' = 'open'

  constructor(world: World, link: SimulatedLink) {
    this.#world = world
    this.#link = link
    this.#arrival = `a piece over ${link.name}`
    link.carry(this)
  }

  /** Gives the side that receives what travels in that direction to a life, which may hear of it later. */
  belongTo(life: Life | undefined, receives: Direction, accept?: () => void): void {
    const over = () => this.#close(opposite(receives), 'reset')
    life?.whenOver.add(over)
    this.#sides[receives] = { life, ear: undefined, accept, forget: () => life?.whenOver.delete(over) }
  }

  /** From now on that side hears, and can speak. */
  open(receives: Direction, ear: Ear<Piece>): End<Piece> {
    const side = this.#sides[receives]
    if (side) side.ear = ear
    return {
      send: (piece) => this.#send(opposite(receives), piece),
      close: (how = 'ended') => {
        if (side) side.ear = undefined
        this.#close(opposite(receives), how)
      },
    }
  }

  /** Nobody will ever hear of it. */
  abandon(): void {
    this.#end()
  }

  /** Both sides hear of its end at once, whatever is still under way. */
  reset(): void {
    if (this.#state === 'closed') return
    this.#end()
    for (const direction of ['up', 'down'] as const) this.#tellClosed(direction, 'reset', 0)
  }

  #send(direction: Direction, piece: Piece): void {
    if (this.#state === 'closed') return
    this.#link.pass(this, direction, piece.bytes, (passage) => {
      if (passage.kind === 'lost') {
        this.isBroken = true
        return
      }
      if (passage.kind === 'arrives') {
        this.#deliver(direction, piece, passage.afterUs)
        return
      }
      const part = passage.bytes === piece.bytes ? piece : passage.bytes > 0 ? piece.first?.(passage.bytes) : undefined
      if (part !== undefined) this.#deliver(direction, part, passage.afterUs)
      this.#end()
      this.#tellClosed(direction, 'ended', this.#inOrder(direction, passage.afterUs))
      this.#tellClosed(opposite(direction), 'ended', this.#inOrder(opposite(direction), passage.afterUs))
    })
  }

  #deliver(direction: Direction, piece: Piece, afterUs: number): void {
    const { turn } = this.#world
    const last = this.#batches[direction]
    if (last?.turn === turn) {
      last.pieces.push(piece)
      return
    }
    const batch: Batch = { turn, pieces: [piece] }
    this.#batches[direction] = batch
    const arrive = () => this.#arrive(direction, batch.pieces)
    this.#world.schedule(this.#lifeOf(direction), this.#inOrder(direction, afterUs), this.#arrival, arrive)
  }

  #arrive(direction: Direction, pieces: readonly Piece[]): void {
    if (this.#link.loses(this, direction)) {
      this.isBroken = true
      return
    }
    const side = this.#sides[direction]
    const accept = side?.accept
    if (side) side.accept = undefined
    accept?.()
    // The first of them may be the last that it hears: it closes, or ends its host.
    for (const piece of pieces) if (side?.life?.phase !== 'over') side?.ear?.onPiece(piece)
  }

  #close(direction: Direction, how: Closing): void {
    if (this.#state === 'closed') return
    this.#link.passEnd(direction, (afterUs) => {
      if (this.#state === 'closed') return
      this.#end()
      this.#tellClosed(direction, how, this.#inOrder(direction, afterUs))
    })
  }

  #end(): void {
    this.#state = 'closed'
    this.#link.drop(this)
    this.#sides.up?.forget()
    this.#sides.down?.forget()
  }

  #tellClosed(direction: Direction, how: Closing, afterUs: number): void {
    const tell = () => {
      const side = this.#sides[direction]
      const { ear } = side ?? {}
      if (side) side.ear = undefined
      ear?.onClosed(how)
    }
    this.#world.afterIn(this.#lifeOf(direction), afterUs, `the end of a connection over ${this.#link.name}`, tell)
  }

  #lifeOf(direction: Direction): Life | undefined {
    return this.#sides[direction]?.life
  }

  /** Microseconds from now, not before what was sent earlier in that direction. */
  #inOrder(direction: Direction, afterUs: number): number {
    const at = Math.max(this.#lastUs[direction], this.#world.nowUs + afterUs)
    this.#lastUs[direction] = at
    return at - this.#world.nowUs
  }
}
