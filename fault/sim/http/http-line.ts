// A client's end of one HTTP connection: one exchange at a time, and kept for the next one where it ended well.
import type { Closing, End, Piece } from '../network/connection.ts'
import { dial, type Route } from '../network/dial.ts'
import { type HttpPiece, isHttp, type RequestPiece } from './message.ts'

/** Who asked, and hears what comes back. */
export interface Asker {
  onHead(status: number, headers: Headers): void
  onChunk(data: Uint8Array): void
  /** The answer is whole, and the connection free. */
  onEnd(): void
  /** The connection was closed before the answer was whole. */
  onClosed(how: Closing): void
}

export class HttpLine {
  /** Since when nobody has asked on it, in virtual milliseconds. */
  idleSince = 0
  readonly #route: Route
  #end: End | undefined
  #asker: Asker | undefined
  /** Told where it is closed while nobody asks. */
  onIdleClosed: () => void = () => {}

  private constructor(route: Route) {
    this.#route = route
  }

  /** @throws Refused */
  static async open(route: Route): Promise<HttpLine> {
    const line = new HttpLine(route)
    line.#end = await dial(route, {
      onPiece: (piece) => line.#hear(piece),
      onClosed: (how) => line.#closed(how),
    })
    return line
  }

  get isOpen(): boolean {
    return this.#end !== undefined
  }

  /** Sends a request; one at a time. */
  ask(request: RequestPiece, asker: Asker): void {
    this.#asker = asker
    const { link, world } = this.#route
    if (world.isLogged) world.note('asks', `${request.method} ${request.target} over ${link.name}`)
    this.#end?.send(request)
    if (link.takesTwice()) void this.#askOnceMore(request)
  }

  close(): void {
    this.#asker = undefined
    this.#end?.close('reset')
    this.#end = undefined
  }

  /** The same request over a connection of its own: whoever doubles it keeps the second answer to himself. */
  async #askOnceMore(request: RequestPiece): Promise<void> {
    const deaf = { onHead() {}, onChunk() {}, onEnd: () => line?.close(), onClosed() {} }
    const line = await HttpLine.open(this.#route).catch(() => undefined)
    line?.ask(request, deaf)
  }

  #hear(piece: Piece): void {
    if (!isHttp(piece) || !this.#asker) return
    const { world, link } = this.#route
    if (world.isLogged) world.note('hears', `${told(piece)} over ${link.name}`)
    switch (piece.kind) {
      case 'head':
        this.#asker.onHead(piece.status, piece.headers)
        break
      case 'chunk':
        this.#asker.onChunk(piece.data)
        break
      case 'end': {
        const asker = this.#asker
        this.#asker = undefined
        this.idleSince = world.nowMs
        asker.onEnd()
        break
      }
      case 'request':
        break
      default:
        piece satisfies never
    }
  }

  #closed(how: Closing): void {
    const { world, link } = this.#route
    this.#end = undefined
    const asker = this.#asker
    this.#asker = undefined
    if (world.isLogged) world.note('closed', `${how} over ${link.name}`)
    if (asker) asker.onClosed(how)
    else this.onIdleClosed()
  }
}

function told(piece: HttpPiece): string {
  if (piece.kind === 'head') return `${piece.status}`
  return piece.kind === 'chunk' ? `${piece.bytes} bytes` : piece.kind
}

/** Connections to one place that are open and free, the latest first. One that was idle for too long is not used again. */
export class IdleLines {
  readonly #route: Route
  readonly #lines: HttpLine[] = []
  readonly #keptMs: number

  constructor(route: Route, keptMs: number) {
    this.#route = route
    this.#keptMs = keptMs
  }

  /** One to ask on, where there is one. */
  take(): HttpLine | undefined {
    for (let line = this.#lines.pop(); line; line = this.#lines.pop()) {
      line.onIdleClosed = () => {}
      if (line.isOpen && this.#route.world.nowMs - line.idleSince <= this.#keptMs) return line
      line.close()
    }
    return undefined
  }

  keep(line: HttpLine): void {
    line.onIdleClosed = () => {
      const at = this.#lines.indexOf(line)
      if (at >= 0) this.#lines.splice(at, 1)
    }
    this.#lines.push(line)
  }
}
