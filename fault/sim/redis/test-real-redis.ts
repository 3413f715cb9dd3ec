// A connection to a real Redis that tells each reply's bytes apart without reading them: after each request it asks for
// an echo that nothing else contains.
import { once } from 'node:events'
import { connect } from 'node:net'

const MARK = '<<end of a reply>>'

/** A request in the bytes of the protocol; each character of a word is one byte. */
export function requestBytes(words: readonly string[]): Buffer {
  const texts = words.map((word) => `$${word.length}\r\n${word}\r\n`)
  return Buffer.from(`*${words.length}\r\n${texts.join('')}`, 'latin1')
}

export interface RealRedis {
  /** The replies to requests that are sent together. */
  ask(requests: readonly (readonly string[])[]): Promise<readonly string[]>
  close(): void
}

export async function connectRealRedis(port: number): Promise<RealRedis> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay(true)
  await once(socket, 'connect')
  const echoed = `$${MARK.length}\r\n${MARK}\r\n`
  return {
    async ask(requests) {
      socket.write(Buffer.concat(requests.flatMap((words) => [requestBytes(words), requestBytes(['ECHO', MARK])])))
      let text = ''
      while (text.split(echoed).length <= requests.length) {
        const [more]: string[] = await once(socket, 'data')
        text += more ?? ''
      }
      return text.split(echoed).slice(0, -1)
    },
    close: () => void socket.destroy(),
  }
}

/** Of a reply that is a flat array of texts. */
export function bulksIn(reply: string): readonly string[] {
  const found: string[] = []
  let at = reply.indexOf('\r\n') + 2
  while (at < reply.length) {
    const begin = reply.indexOf('\r\n', at) + 2
    const length = Number(reply.slice(at + 1, begin - 2))
    found.push(reply.slice(begin, begin + length))
    at = begin + length + 2
  }
  return found
}
