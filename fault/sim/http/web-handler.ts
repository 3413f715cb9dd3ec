// Serves simulated requests by a handler from web Request to web Response, the server's own. That its client has gone is
// told by the request's signal, as a real server is told by the socket.
import { ArrivedRequest } from '../web/arrived-request.ts'
import { PlainResponse } from '../web/plain-response.ts'
import type { Serve } from './server.ts'

export type Handle = (request: Request) => Promise<Response>

export function webHandler(handle: Handle): Serve {
  return (piece, reply) => {
    const gone = new AbortController()
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    reply.onGone = () => {
      gone.abort()
      void reader?.cancel().catch(() => {})
    }
    const answer = async () => {
      const response = await handle(new ArrivedRequest(piece, gone.signal))
      reply.head(response.status, response.headers)
      const whole = response instanceof PlainResponse ? response.whole : undefined
      if (whole !== undefined) {
        reply.chunk(whole)
        reply.end()
        return
      }
      reader = response.body?.getReader()
      if (gone.signal.aborted) return void (await reader?.cancel())
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) reply.chunk(part.value)
      if (!gone.signal.aborted) reply.end()
    }
    // A stream that its server breaks off is a connection that is closed.
    answer().catch(() => reply.close())
  }
}
