// `fetch` over simulated connections, which are kept and used again as Node's own does.
import type { Route } from '../network/dial.ts'
import { HttpLine, IdleLines } from './http-line.ts'
import { request } from './message.ts'

/** After so long without use Node's fetch closes a connection. */
const KEPT_IDLE_MS = 4_000

const NO_BODY: readonly number[] = [101, 204, 205, 304]

/** `fetch` to one place. */
export function simulatedFetch(route: Route): typeof fetch {
  const idle = new IdleLines(route, KEPT_IDLE_MS)
  return async (input, init) => {
    const asked = await askedFor(input, init)
    asked.signal?.throwIfAborted()
    const line = idle.take() ?? (await opened(route))
    if (asked.signal?.aborted) {
      idle.keep(line)
      throw asked.signal.reason
    }
    return exchange(asked, line, idle)
  }
}

function opened(route: Route): Promise<HttpLine> {
  return HttpLine.open(route).catch((cause: unknown) => {
    throw new TypeError('fetch failed', { cause })
  })
}

interface Asked {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array | undefined
  readonly signal: AbortSignal | undefined
}

/** Without a Request where that can be: to make one takes longer than all that the simulation does for the call. */
async function askedFor(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Asked> {
  const { body, signal } = init
  if (input instanceof Request || (body !== undefined && body !== null && typeof body !== 'string')) {
    const whole = new Request(input, init)
    const bytes = whole.body === null ? undefined : new Uint8Array(await whole.arrayBuffer())
    return { url: new URL(whole.url), method: whole.method, headers: whole.headers, body: bytes, signal: whole.signal }
  }
  const headers = init.headers instanceof Headers ? init.headers : new Headers(init.headers)
  if (typeof body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8')
  return {
    url: new URL(input),
    method: init.method ?? 'GET',
    headers,
    body: typeof body === 'string' ? Buffer.from(body) : undefined,
    signal: signal ?? undefined,
  }
}

function exchange(asked: Asked, line: HttpLine, idle: IdleLines): Promise<Response> {
  const { url, method, headers, body, signal } = asked
  headers.set('host', url.host)
  if (body !== undefined) headers.set('content-length', `${body.byteLength}`)
  return new Promise((resolve, reject) => {
    let stream: ReadableStreamDefaultController<Uint8Array> | undefined
    const over = (error: unknown) => {
      signal?.removeEventListener('abort', abort)
      reject(error)
      stream?.error(error)
    }
    const abort = () => {
      line.close()
      over(signal?.reason)
    }
    const content = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller
      },
      cancel() {
        signal?.removeEventListener('abort', abort)
        line.close()
      },
    })
    signal?.addEventListener('abort', abort, { once: true })
    line.ask(request(method, `${url.pathname}${url.search}`, headers, body), {
      onHead(status, answered) {
        const hasBody = !NO_BODY.includes(status) && method !== 'HEAD'
        resolve(new Response(hasBody ? content : null, { status, headers: answered }))
      },
      onChunk: (data) => stream?.enqueue(data),
      onEnd() {
        signal?.removeEventListener('abort', abort)
        idle.keep(line)
        stream?.close()
      },
      onClosed: () => over(new TypeError('fetch failed', { cause: new Error('other side closed') })),
    })
  })
}
