// Sends bytes on a connection of their own and reads what comes back as HTTP/1.1, by hand: an answer that a library
// would refuse to read is one that was given.
import { connect, type Socket } from 'node:net'
import type { HostileRequest } from './request.ts'

export interface Answer {
  /** Undefined where the connection ended without one, or with what is no HTTP. */
  readonly status: number | undefined
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const NO_ANSWER: Answer = { status: undefined, headers: new Map(), body: '' }

/** So long that only a hang reaches it, however busy the machine. */
const HANG_MS = 20_000

/** Sends requests one after the other, on the same connection as long as that is open. */
export class Line {
  readonly #url: URL
  #socket: Socket | undefined

  constructor(url: URL) {
    this.#url = url
  }

  /** The answer, or undefined where none had come after a time that is a hang. */
  async exchange(bytes: Buffer, wanted: HostileRequest['answer']): Promise<Answer | undefined> {
    const socket = this.#connected()
    const answered = answerOn(socket, wanted)
    socket.write(bytes)
    if (wanted === 'perhaps') socket.end()
    const answer = await beforeHang(answered)
    if (wanted !== 'whole' || answer === undefined || answer.headers.get('connection') === 'close') this.close()
    return answer
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connected(): Socket {
    if (this.#socket?.writable !== true) {
      this.#socket = connect(Number(this.#url.port), this.#url.hostname)
      // A reset after an answer that has come is no news, and one before it is the connection's end.
      this.#socket.on('error', () => {})
    }
    return this.#socket
  }
}

/** Throws where that is no answer to what was sent: none, none where one is owed, or one that blames the server. */
export function assertAnswered(came: Answer | undefined, wanted: HostileRequest['answer']): void {
  if (came === undefined) throw new Error('no answer came')
  const { status, body } = came
  if (status === undefined && wanted !== 'perhaps') throw new Error('the connection was closed without an answer')
  if (status !== undefined && status >= 500) throw new Error(`the answer was ${status}: ${body}`)
}

/** On a connection of its own. */
export async function exchange(url: URL, bytes: Buffer, wanted: HostileRequest['answer']): Promise<Answer | undefined> {
  const line = new Line(url)
  try {
    return await line.exchange(bytes, wanted)
  } finally {
    line.close()
  }
}

async function beforeHang<T>(answered: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HANG_MS)
  })
  try {
    return await Promise.race([answered, hang])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the answer is whole (its head only, where it is a stream) or the connection has ended. */
function answerOn(socket: Socket, wanted: HostileRequest['answer']): Promise<Answer> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const end = (answer: Answer) => {
      socket.off('data', hear)
      socket.off('close', closed)
      resolve(answer)
    }
    const hear = (part: Buffer) => {
      received = Buffer.concat([received, part])
      const answer = readAnswer(received, wanted === 'stream' ? 'head' : 'whole')
      if (answer !== undefined) end(answer)
    }
    const closed = () => end(readAnswer(received, 'head') ?? NO_ANSWER)
    socket.on('data', hear)
    socket.on('close', closed)
  })
}

/** What the bytes say so far; undefined where that is not all. */
function readAnswer(received: Buffer, part: 'head' | 'whole'): Answer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [start = '', ...lines] = received.toString('latin1', 0, end).split('\r\n')
  const [, code] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(start) ?? []
  if (code === undefined) return undefined
  const rest = received.subarray(end + 4)
  if (code === '100') return readAnswer(rest, part)
  const headers = new Map(lines.map((line) => splitHeader(line)))
  const body = bodyOf(rest, headers)
  if (body === undefined && part === 'whole') return undefined
  return { status: Number(code), headers, body: (body ?? rest).toString() }
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

/** The whole body; undefined where it is still coming, or ends with the connection. */
function bodyOf(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return dechunked(rest)
  const length = headers.get('content-length')
  return length === undefined || rest.length < Number(length) ? undefined : rest.subarray(0, Number(length))
}

function dechunked(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, line), 16)
    const end = line + 2 + size
    if (rest.length < end + 2) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(rest.subarray(line + 2, end))
    at = end + 2
  }
}
