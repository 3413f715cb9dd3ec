// One HTTP request sent as it is, and its answer as it comes. Not by fetch, which refuses to send a Host header and
// mends others: what the server must refuse has to reach it first.
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'

type Headers = Readonly<Record<string, string | undefined>>

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT'
  /** Besides those of a well-made POST; what is undefined is left out. */
  readonly headers?: Headers
  /** A string is sent as it stands, anything else as JSON. */
  readonly body?: unknown
  /** Whether the request says how long its body is. */
  readonly length?: 'told' | 'chunked'
}

const ACCEPT = 'application/json, text/event-stream'

/** Resolves when the headers of the answer are there. The exchange ends with its test, if not before. */
export async function send(url: URL, asked: Asked = {}): Promise<Reply> {
  const { method = 'POST', headers = {}, body, length = 'told' } = asked
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const own = method === 'POST' ? { accept: ACCEPT, 'content-type': 'application/json' } : { accept: ACCEPT }
  const framing =
    length === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': `${Buffer.byteLength(text ?? '')}` }
  const sent = request(url, { method, agent: false, headers: present({ ...own, ...framing, ...headers }) })
  onTestFinished(() => void sent.destroy())
  const answer = answerTo(sent)
  sent.end(text)
  return new Reply(sent, await answer)
}

function present(headers: Headers): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return Object.fromEntries(pairs)
}

/** What goes wrong with the connection after the answer has come is the answer's own to tell. */
function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
}

/** An answer whose body is still coming. */
export class Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly #sent: ClientRequest
  readonly #whole: Promise<string>
  readonly #listeners = new Set<() => void>()
  #text = ''

  constructor(sent: ClientRequest, message: IncomingMessage) {
    this.status = message.statusCode ?? 0
    this.headers = message.headers
    this.#sent = sent
    message.setEncoding('utf8')
    message.on('data', (part: string) => {
      this.#text += part
      for (const look of this.#listeners) look()
    })
    this.#whole = new Promise((resolve, reject) => {
      message.on('end', () => resolve(this.#text))
      message.on('error', reject)
    })
    this.#whole.catch(() => undefined)
  }

  /** What has come so far. */
  get soFar(): string {
    return this.#text
  }

  /** The whole body; rejects where it breaks off. */
  text(): Promise<string> {
    return this.#whole
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.#whole)
  }

  /** Resolves as soon as the body that has come matches; rejects where it ends without. */
  async heard(pattern: RegExp): Promise<void> {
    const come = new Promise<void>((resolve) => {
      const look = () => {
        if (!pattern.test(this.#text)) return
        this.#listeners.delete(look)
        resolve()
      }
      this.#listeners.add(look)
      look()
    })
    const ended = this.#whole.then((text) => {
      if (!pattern.test(text)) throw new Error(`the answer ended without ${pattern}: ${text}`)
    })
    await Promise.race([come, ended])
  }

  /** The client goes away in the middle of it. */
  vanish(): void {
    this.#sent.destroy()
  }
}
