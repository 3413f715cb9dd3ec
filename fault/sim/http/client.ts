// The HTTP side of a simulated host that asks: `fetch` over simulated connections, which are kept and used again.
import type { Ear, End, Piece } from '../network/connection.ts'
import { dial, type Listener } from '../network/dial.ts'
import type { SimulatedLink } from '../network/simulated-link.ts'
import type { World } from '../time/world.ts'
import { headBytes, isHttp } from './message.ts'

export interface Route {
  readonly world: World
  readonly link: SimulatedLink
  readonly listener: Listener
}

/** A connection that is open, and who hears what comes on it. */
interface Line {
  readonly end: End
  ear: Ear<Piece> | undefined
}

/** `fetch` to one listener over one link. */
export function simulatedFetch(route: Route): typeof fetch {
  const idle: Line[] = []
  return async (input, init) => {
    const request = new Request(input, init)
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    request.signal.throwIfAborted()
    const line = idle.pop() ?? (await open(route, idle))
    return exchange({ request, body, line, idle })
  }
}

async function open({ world, link, listener }: Route, idle: Line[]): Promise<Line> {
  let line: Line | undefined
  const end = await dial(world, link, listener, {
    onPiece: (piece) => line?.ear?.onPiece(piece),
    onClosed(how) {
      const at = line ? idle.indexOf(line) : -1
      if (at >= 0) idle.splice(at, 1)
      line?.ear?.onClosed(how)
    },
  }).catch((cause: unknown) => {
    throw new TypeError('fetch failed', { cause })
  })
  line = { end, ear: undefined }
  return line
}

interface Exchange {
  readonly request: Request
  readonly body: Uint8Array | undefined
  readonly line: Line
  readonly idle: Line[]
}

function exchange({ request, body, line, idle }: Exchange): Promise<Response> {
  return new Promise((resolve, reject) => {
    let stream: ReadableStreamDefaultController<Uint8Array> | undefined
    const stop = (error: unknown) => {
      line.ear = undefined
      reject(error)
      stream?.error(error)
    }
    const abort = () => {
      line.end.close('reset')
      stop(request.signal.reason)
    }
    const release = () => {
      request.signal.removeEventListener('abort', abort)
      line.ear = undefined
      idle.push(line)
    }
    const content = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller
      },
      cancel: () => line.end.close('reset'),
    })
    line.ear = {
      onPiece(piece) {
        if (!isHttp(piece)) return
        if (piece.kind === 'head') {
          const hasNone = piece.status === 204 || piece.status === 304 || request.method === 'HEAD'
          resolve(new Response(hasNone ? null : content, { status: piece.status, headers: piece.headers }))
        } else if (piece.kind === 'chunk') stream?.enqueue(piece.data)
        else if (piece.kind === 'end') {
          release()
          stream?.close()
        }
      },
      onClosed: () => stop(new TypeError('fetch failed', { cause: new Error('other side closed') })),
    }
    request.signal.addEventListener('abort', abort, { once: true })
    const { method, headers, url } = request
    headers.set('host', new URL(url).host)
    const target = url.slice(new URL(url).origin.length)
    line.end.send({
      kind: 'request',
      method,
      target,
      headers,
      body,
      bytes: headBytes(headers) + (body?.byteLength ?? 0),
    })
  })
}
