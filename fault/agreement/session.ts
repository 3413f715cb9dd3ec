// A session by plain HTTP, which repeats nothing by itself. What it is answered is said in words that mean the same on
// every tier: who answered by its role, an error page as the balancer's.
import { z } from 'zod'
import type { Stack } from '../stack.ts'

/** `status`: and whose words came with it. `closed`: the connection was, before the answer was whole. */
export type Answer =
  | { readonly by: 'its own' | 'another'; readonly said: Readonly<Record<string, unknown>> }
  | `status ${number} by ${'an instance' | 'the balancer'}`
  | 'closed'

/** A call whose answer has begun. */
export interface Begun {
  readonly answer: Promise<Answer>
}

interface Heard {
  readonly answer: Answer
  /** Its log messages, in the order in which they came. */
  readonly log: readonly string[]
}

const failed = z.object({ error: z.object({ code: z.string() }) })
const message = z.looseObject({
  id: z.number().optional(),
  params: z.looseObject({ data: z.looseObject({ msg: z.string() }) }).optional(),
  result: z.looseObject({ structuredContent: z.looseObject({ instance: z.string() }) }).optional(),
})
const health = z.looseObject({ instance: z.string() })

const HEADERS = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'agreement', version: '0' } }

let lastId = 0
const asked = (method: string, params: object) => ({ jsonrpc: '2.0', id: ++lastId, method, params })

function post(stack: Stack, url: URL, message: object, sessionId?: string): Promise<Response> {
  const headers = sessionId === undefined ? HEADERS : { ...HEADERS, 'mcp-session-id': sessionId }
  return stack.fetch(url, { method: 'POST', headers, body: JSON.stringify(message) })
}

/** The instance that the balancer gives a request with this session header to. */
export async function reached(stack: Stack, sessionId: string): Promise<string> {
  const response = await stack.fetch(new URL('/health', stack.endpoint), { headers: { 'mcp-session-id': sessionId } })
  return health.parse(await response.json()).instance
}

function refused({ status, headers }: Response): Answer {
  const isPage = headers.get('content-type')?.includes('text/html')
  return `status ${status} by ${isPage ? 'the balancer' : 'an instance'}`
}

/** Whether the balancer lets a new session be opened: the session, or what was answered. */
export async function tryToOpen(stack: Stack): Promise<Session | Answer> {
  try {
    const response = await post(stack, stack.endpoint, asked('initialize', INITIALIZE))
    await response.text()
    const id = response.headers.get('mcp-session-id')
    return id === null ? refused(response) : new Session(stack, id, await reached(stack, id))
  } catch {
    return 'closed'
  }
}

export async function open(stack: Stack): Promise<Session> {
  const opened = await tryToOpen(stack)
  if (opened instanceof Session) return opened
  throw new Error(`no session was opened: ${JSON.stringify(opened)}`)
}

export class Session {
  readonly id: string
  /** The name of the instance that holds it. */
  readonly instance: string
  readonly #stack: Stack

  constructor(stack: Stack, id: string, instance: string) {
    this.#stack = stack
    this.id = id
    this.instance = instance
  }

  /** @param url past the balancer, where it is given */
  async call(tool: string, args: object = {}, url = this.#stack.endpoint): Promise<Answer> {
    return (await this.listen(tool, args, url)).answer
  }

  /** A call with what is told during it. */
  async listen(tool: string, args: object = {}, url = this.#stack.endpoint): Promise<Heard> {
    const request = asked('tools/call', { name: tool, arguments: args })
    try {
      return await this.#read(await post(this.#stack, url, request, this.id), request.id)
    } catch {
      return CLOSED
    }
  }

  /** Resolves with the headers of the answer. */
  async begin(tool: string, args: object = {}): Promise<Begun> {
    const request = asked('tools/call', { name: tool, arguments: args })
    const response = await post(this.#stack, this.#stack.endpoint, request, this.id)
    const heard = this.#read(response, request.id).catch(() => CLOSED)
    return { answer: heard.then(({ answer }) => answer) }
  }

  async #read(response: Response, id: number): Promise<Heard> {
    const text = await response.text()
    if (response.status !== 200) return { answer: refused(response), log: [] }
    const messages = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => message.parse(JSON.parse(data)))
    const log = messages.flatMap(({ params }) => (params === undefined ? [] : [params.data.msg]))
    const result = messages.find((each) => each.id === id)?.result?.structuredContent
    // A stream that ends in order without an answer was cut all the same.
    if (result === undefined) return { answer: 'closed', log }
    const { instance, ...said } = result
    const failure = failed.safeParse(said)
    const by = instance === this.instance ? 'its own' : 'another'
    return { answer: { by, said: failure.success ? failure.data : said }, log }
  }
}

const CLOSED: Heard = { answer: 'closed', log: [] }
