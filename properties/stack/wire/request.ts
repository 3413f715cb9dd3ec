// One HTTP request sent as it is, and its answer as it comes.
import type { Stack } from '../../../fault/stack.ts'
import { endWithTest } from '../end-with-test.ts'
import { byFetch } from './by-fetch.ts'
import { byHttp } from './by-http.ts'
import type { Request } from './exchange.ts'
import { Reply } from './reply.ts'

type Headers = Readonly<Record<string, string | undefined>>

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT'
  /** Besides those of a well-made POST; what is undefined is left out. */
  readonly headers?: Headers
  /** A string is sent as it stands, anything else as JSON. */
  readonly body?: unknown
  /** Whether the request says how long its body is. Only real processes can be left to find that out. */
  readonly length?: 'told' | 'chunked'
}

const ACCEPT = 'application/json, text/event-stream'

/** Resolves when the headers of the answer are there. The exchange ends with its test, if not before. */
export async function send(stack: Stack, url: URL, asked: Asked = {}): Promise<Reply> {
  const { method = 'POST', headers = {}, body, length = 'told' } = asked
  const own = method === 'POST' ? { accept: ACCEPT, 'content-type': 'application/json' } : { accept: ACCEPT }
  const leaving = new AbortController()
  const vanish = () => leaving.abort()
  endWithTest(stack, async () => vanish())
  const request: Request = {
    ...{ method, length, headers: present({ ...own, ...headers }), signal: leaving.signal },
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  }
  return new Reply(await (stack.tier === 'sim' ? byFetch(stack, url, request) : byHttp(url, request)), vanish)
}

function present(headers: Headers): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return Object.fromEntries(pairs)
}
