// A request over a connection of its own. Not by Node's fetch, which adds headers to those that it is given: what the
// server must refuse has to reach it first.
import { type IncomingMessage, request } from 'node:http'
import type { Answer, Request } from './exchange.ts'

export async function byHttp(url: URL, { method, headers, body, length, signal }: Request): Promise<Answer> {
  const framing =
    length === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': `${Buffer.byteLength(body ?? '')}` }
  const sent = request(url, { method, agent: false, headers: { ...framing, ...headers } })
  signal.addEventListener('abort', () => void sent.destroy(), { once: true })
  // What goes wrong with the connection after the answer has come is the answer's own to tell.
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
  sent.end(body)
  const message = await answer
  return { status: message.statusCode ?? 0, headers: message.headers, body: message.setEncoding('utf8') }
}
