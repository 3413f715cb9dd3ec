// The HTTP side of a simulated host: a web Request for each one that arrives, and its Response on the way back piece by
// piece. That its client has gone is told by the request's signal, as a real server is told by the socket.
import type { Ear, End, Piece } from '../network/connection.ts'
import type { Listener } from '../network/dial.ts'
import type { Host } from '../time/host.ts'
import { headBytes, isHttp, type RequestPiece } from './message.ts'

export type Handle = (request: Request) => Promise<Response>

/** A listener that answers requests, one at a time on each connection. */
export function httpListener(host: Host, handle: Handle): Listener {
  return { host, accept: (open) => serve(open, host, handle) }
}

function serve(open: (ear: Ear<Piece>) => End<Piece>, host: Host, handle: Handle): void {
  let running: AbortController | undefined
  const end = open({
    onPiece(piece) {
      if (!isHttp(piece) || piece.kind !== 'request') return
      const exchange = new AbortController()
      running = exchange
      void answer(piece, { end, host, handle, exchange })
    },
    onClosed: () => running?.abort(),
  })
}

interface Exchange {
  readonly end: End<Piece>
  readonly host: Host
  readonly handle: Handle
  readonly exchange: AbortController
}

async function answer(piece: RequestPiece, { end, host, handle, exchange }: Exchange): Promise<void> {
  const { method, target, headers, body } = piece
  const url = `http://${headers.get('host') ?? host.name}${target}`
  const { signal } = exchange
  const response = await handle(new Request(url, { method, headers, signal, ...(body && { body }) }))
  end.send({ kind: 'head', status: response.status, headers: response.headers, bytes: headBytes(response.headers) })
  const reader = response.body?.getReader()
  const gone = () => void reader?.cancel().catch(() => {})
  signal.addEventListener('abort', gone, { once: true })
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    end.send({ kind: 'chunk', data: part.value, bytes: part.value.byteLength })
  }
  signal.removeEventListener('abort', gone)
  end.send({ kind: 'end', bytes: 0 })
}
