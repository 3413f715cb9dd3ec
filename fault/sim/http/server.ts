// The HTTP side of a simulated host that serves: what arrives on its connections, one request at a time on each.
import type { Ear, End, Piece } from '../network/connection.ts'
import type { Listener } from '../network/dial.ts'
import type { Host } from '../time/host.ts'
import { chunk, END, head, isHttp, type RequestPiece } from './message.ts'

/** How a request is answered. After its client has gone nothing that is said is heard. */
export interface Reply {
  head(status: number, headers: Headers): void
  chunk(data: Uint8Array): void
  end(): void
  /** Closes the connection, after what was said. */
  close(): void
  /** Told once, where the client goes before the answer is whole. */
  onGone: () => void
}

/** What is done with a request; `later` ones are not the first on their connection. */
export type Serve = (request: RequestPiece, reply: Reply, onConnection: 'first' | 'later') => void

export function httpListener(host: Host, serve: Serve): Listener {
  return { host, accept: (open) => new ServedConnection(open, serve) }
}

class ServedConnection {
  readonly #end: End<Piece>
  #served = 0
  #running: Reply | undefined

  constructor(open: (ear: Ear<Piece>) => End<Piece>, serve: Serve) {
    this.#end = open({
      onPiece: (piece) => {
        if (!isHttp(piece) || piece.kind !== 'request') return
        this.#running = this.#reply()
        serve(piece, this.#running, this.#served++ === 0 ? 'first' : 'later')
      },
      onClosed: () => {
        const running = this.#running
        this.#running = undefined
        running?.onGone()
      },
    })
  }

  #reply(): Reply {
    const end = this.#end
    return {
      onGone: () => {},
      head: (status, headers) => end.send(head(status, headers)),
      chunk: (data) => end.send(chunk(data)),
      end: () => {
        this.#running = undefined
        end.send(END)
      },
      close: () => {
        this.#running = undefined
        end.close()
      },
    }
  }
}
