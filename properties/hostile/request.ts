// One request as it goes over the wire, byte for byte: a library would mend what the server must be shown.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { NEW_CLIENT } from './call-keys.ts'
import { OWN_SESSION } from './calls.ts'
import type { Effect } from './effect.ts'

type Header = readonly [name: string, value: string]

export interface HostileRequest {
  /** As it is sent for that session. */
  readonly bytes: (sessionId: string) => Buffer
  /** What it changes in that session. */
  readonly effects: readonly Effect[]
  /**
   * `whole`: an answer must come, and end. `stream`: it need not end. `perhaps`: the client sends no more after these
   * bytes, and the connection's end may be the answer.
   */
  readonly answer: 'whole' | 'stream' | 'perhaps'
}

export interface Http {
  /** In line and headers each character is a byte. */
  readonly line: string
  readonly headers: readonly Header[]
  readonly body: Buffer
  /** How the body's end is told. */
  readonly framing: 'length' | 'chunked' | ((body: Buffer) => Framed)
}

export interface Framed {
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/** An HTTP message. Its length counts the session's real id. */
export function http({ line, headers, body, framing }: Http): HostileRequest['bytes'] {
  return (sessionId) => {
    const framed = frame(framing, replaced(body, sessionId))
    const lines = [...headers, ...framed.headers].map(([name, value]) => `${name}: ${value}\r\n`)
    const head = Buffer.from(`${line}\r\n${lines.join('')}\r\n`, 'latin1')
    return Buffer.concat([replaced(head, sessionId), framed.body])
  }
}

/** Whatever those bytes are. */
export function raw(bytes: Buffer): HostileRequest['bytes'] {
  return (sessionId) => replaced(bytes, sessionId)
}

/** A body in chunks of half its length. */
export function chunked(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2)
  const chunks = [body.subarray(0, half), body.subarray(half)].filter((chunk) => chunk.length > 0)
  const framed = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...framed, Buffer.from('0\r\n\r\n')])
}

/** The same, told in a counterexample as what is sent and what it may change. */
export function told(request: HostileRequest): HostileRequest {
  const tell = () => {
    const sent = JSON.stringify(request.bytes(OWN_SESSION).toString('latin1').slice(0, 2_000))
    return `${sent} changing ${JSON.stringify(request.effects).slice(0, 500)}`
  }
  return { ...request, ...{ [fc.toStringMethod]: tell } }
}

function frame(framing: Http['framing'], body: Buffer): Framed {
  switch (framing) {
    case 'length':
      return { headers: [['Content-Length', `${body.length}`]], body }
    case 'chunked':
      return { headers: [['Transfer-Encoding', 'chunked']], body: chunked(body) }
    default:
      return framing(body)
  }
}

function replaced(bytes: Buffer, sessionId: string): Buffer {
  if (!bytes.includes(OWN_SESSION) && !bytes.includes(NEW_CLIENT)) return bytes
  const text = bytes.toString('latin1').replaceAll(OWN_SESSION, sessionId)
  return Buffer.from(
    text.replaceAll(NEW_CLIENT, () => randomBytes(16).toString('hex')),
    'latin1',
  )
}
