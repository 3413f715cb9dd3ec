// Puts plain messages in the place of Node's own while a simulation runs. They say the same, and cost a fraction.
import { NodeRequest } from './node-streams.ts'
import { PlainHeaders } from './plain-headers.ts'
import { PlainResponse } from './plain-response.ts'
import { PlainStream } from './plain-stream.ts'
import { PlainTextDecoder, PlainTransform } from './plain-transform.ts'

const PLAIN = {
  Headers: PlainHeaders,
  Request: NodeRequest,
  Response: PlainResponse,
  ReadableStream: PlainStream,
  TextDecoderStream: PlainTextDecoder,
  TransformStream: PlainTransform,
} as const

/** Replaces the globals; the returned function gives them back. */
export function installPlainMessages(): () => void {
  const before = Object.keys(PLAIN).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, value] of Object.entries(PLAIN))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  return () => {
    for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
  }
}
