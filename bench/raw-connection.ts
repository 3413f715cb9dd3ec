// One keep-alive connection of a load generator. It costs as little as it can, since it runs on the cores that it
// measures; what it reads it checks, or a fast error would count as a fast answer.
import { connect, type Socket } from 'node:net'

const OPENING = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'load-generator', version: '0' },
}

const LAST_CHUNK = '\r\n0\r\n\r\n'

/** Whether all of a reply is here, whose length is told or that comes in chunks. */
function isWhole(received: string): boolean {
  const head = received.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1]
  return length === undefined ? received.endsWith(LAST_CHUNK) : received.length === head + 4 + Number(length)
}

/** Sends one request at a time. */
export class RawConnection {
  readonly #socket: Socket
  readonly #url: URL
  #id = 0
  #received = ''
  #settle: (error?: Error) => void = () => {}

  constructor(url: URL) {
    this.#url = url
    this.#socket = connect({ host: url.hostname, port: Number(url.port) })
      .setNoDelay(true)
      .setEncoding('latin1')
    this.#socket.on('data', (part: string) => {
      this.#received += part
      if (isWhole(this.#received)) this.#settle()
    })
    this.#socket.on('error', (error) => this.#settle(error))
    this.#socket.on('close', () => this.#settle(new Error('the connection was closed')))
  }

  /** Opens a session and answers its id. */
  async open(): Promise<string> {
    const reply = await this.#post('', 'initialize', OPENING)
    const id = /^mcp-session-id: (.*)\r$/im.exec(reply)?.[1]
    if (id === undefined) throw new Error(`no session in the answer:\n${reply}`)
    return id
  }

  /** Calls a tool on a session and answers the reply as it came. @throws where it is no result */
  async call(session: string, tool: string): Promise<string> {
    const reply = await this.#post(session, 'tools/call', { name: tool })
    if (!reply.includes('"structuredContent"') || reply.includes('"isError"')) throw new Error(`no result:\n${reply}`)
    return reply
  }

  close(): void {
    this.#settle = () => {}
    this.#socket.destroy()
  }

  async #post(session: string, method: string, params: unknown): Promise<string> {
    this.#id += 1
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params })
    this.#received = ''
    const settled = new Promise<void>((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.#socket.write(
      `POST ${this.#url.pathname} HTTP/1.1\r\nhost: ${this.#url.host}\r\ncontent-type: application/json\r\n` +
        `accept: application/json, text/event-stream\r\n${session === '' ? '' : `mcp-session-id: ${session}\r\n`}` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await settled
    if (!this.#received.startsWith('HTTP/1.1 200')) throw new Error(`not answered by 200:\n${this.#received}`)
    return this.#received
  }
}

/** The counter in a reply to a counter's tool. */
export function counterIn(reply: string): number {
  const counter = /"counter":(\d+)/.exec(reply)?.[1]
  if (counter === undefined) throw new Error(`no counter in the answer:\n${reply}`)
  return Number(counter)
}
