// A request by the simulation's fetch, which sends what it is given and nothing else but its own Host and length.
import type { Stack } from '../../../fault/stack.ts'
import type { Answer, Request } from './exchange.ts'

export async function byFetch(
  stack: Stack,
  url: URL,
  { method, headers, body, length, signal }: Request,
): Promise<Answer> {
  if (length === 'chunked') throw new Error('the simulation has no framing')
  // As bytes: a string would be given a content type.
  const bytes = body !== undefined && { body: new TextEncoder().encode(body) }
  const response = await stack.fetch(url, { method, headers, signal, ...bytes }).catch((error: unknown) => {
    // Fetch says no more than that it failed.
    throw error instanceof TypeError ? (error.cause ?? error) : error
  })
  return { status: response.status, headers: Object.fromEntries(response.headers), body: textOf(response) }
}

async function* textOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const part of body ?? []) yield decoder.decode(part, { stream: true })
}
