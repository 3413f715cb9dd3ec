// A reply in the bytes of the protocol that a connection has chosen, as a string of one character a byte.
import { generalNumber } from './number-text.ts'
import type { Reply } from './reply.ts'

export type Protocol = 2 | 3

export function writeReply(reply: Reply, protocol: Protocol): string {
  switch (reply.kind) {
    case 'status':
      return `+${reply.text}\r\n`
    case 'error':
      return `-${oneLine(reply.message)}\r\n`
    case 'integer':
      return `:${reply.value}\r\n`
    case 'bulk':
      return writeBulk(reply.bytes)
    case 'null':
      return protocol === 3 ? '_\r\n' : '$-1\r\n'
    case 'double':
      return protocol === 3 ? `,${generalNumber(reply.value, 17)}\r\n` : writeBulk(generalNumber(reply.value, 17))
    case 'array':
      return writeItems('*', reply.items, protocol)
    case 'set':
      return writeItems(protocol === 3 ? '~' : '*', reply.items, protocol)
    case 'map': {
      const texts = reply.pairs.map(([key, value]) => writeReply(key, protocol) + writeReply(value, protocol))
      const head = protocol === 3 ? `%${reply.pairs.length}` : `*${2 * reply.pairs.length}`
      return `${head}\r\n${texts.join('')}`
    }
    case 'big number':
      return protocol === 3 ? `(${reply.digits}\r\n` : writeBulk(reply.digits)
    case 'verbatim':
      if (protocol === 2) return writeBulk(reply.text)
      return `=${reply.text.length + 4}\r\n${reply.format.slice(0, 3).padEnd(3)}:${reply.text}\r\n`
    default:
      return reply satisfies never
  }
}

function writeBulk(bytes: string): string {
  return `$${bytes.length}\r\n${bytes}\r\n`
}

function writeItems(mark: '*' | '~', items: readonly Reply[], protocol: Protocol): string {
  let text = `${mark}${items.length}\r\n`
  for (const item of items) text += writeReply(item, protocol)
  return text
}

/** A line end inside of an error would end it too early. */
function oneLine(message: string): string {
  return /[\r\n]/.test(message) ? message.replace(/[\r\n]+$/, '').replace(/[\r\n]/g, ' ') : message
}
