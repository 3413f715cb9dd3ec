// A request that arrived is Node's own to its handler: random ones are made of both, read in every way and compared.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrivedRequest } from './arrived-request.ts'
import { CASES } from './test-cases.ts'
import { DEEDS, seen } from './test-message-run.ts'
import { hearUnhandledRejections } from './test-unhandled.ts'

// Node's throws at what is no URL and no header, and at a GET with a body; no such request arrives.
const hosts = fc.constantFrom('localhost:8080', '127.0.0.1', '[::1]:80', 'Example.org:80', 'a')
const targets = fc.oneof(
  fc.constantFrom(
    '/mcp',
    '/health',
    '',
    '/',
    '/a/../b//c?x=y&z',
    '/ä b?"',
    '/%7e',
    'http://proxied:80/mcp',
    'HTTP://b',
  ),
  fc.webPath().map((path) => `/${path}`),
)
const headers = fc.dictionary(
  fc.constantFrom('accept', 'Content-Type', 'MCP-Session-Id', 'cookie', 'x-forwarded-for'),
  fc.constantFrom('application/json', 'text/event-stream, */*', 'text/plain; charset=UTF-8', 'a=1'),
)
const bodies = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 6 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.constantFrom(Buffer.from('\u{feff}{"a":"€😀"}'), Buffer.alloc(0)),
)
const requests = fc
  .record({
    method: fc.constantFrom('GET', 'DELETE', 'POST', 'PUT'),
    host: hosts,
    target: targets,
    headers,
    body: bodies,
  })
  .map((drawn) => (drawn.method === 'GET' ? { ...drawn, body: undefined } : drawn))

const look = (request: Request | Response) => {
  if (!('method' in request)) return undefined
  const { method, url, signal, cache, credentials, destination, integrity, keepalive, mode } = request
  const { redirect, referrer, referrerPolicy } = request
  const settings = { cache, credentials, destination, integrity, keepalive, mode, redirect, referrer, referrerPolicy }
  const { aborted, reason } = signal
  const { pathname, hostname } = new URL(url)
  return { method, url, pathname, hostname, headers: [...request.headers], settings, aborted, reason }
}

describe('requests that arrived', () => {
  hearUnhandledRejections()

  it('are read as Node’s own', async () => {
    const alike = fc.asyncProperty(requests, DEEDS, async ({ host, target, body, ...drawn }, deeds) => {
      const method = drawn.method
      const all = () => new Headers({ ...drawn.headers, host })
      const { signal } = new AbortController()
      const arrived = new ArrivedRequest({ method, target, headers: all(), body }, signal)
      const url = target.startsWith('/') || target === '' ? `http://${host}${target}` : target
      const own = new Request(url, { method, headers: all(), signal, ...(body && { body: new Uint8Array(body) }) })
      expect(await seen(arrived, deeds, look)).toEqual(await seen(own, deeds, look))
    })
    await fc.assert(alike, CASES)
  })

  it('tell that their client has gone, and why', () => {
    const reason = new Error('gone')
    const gone = new AbortController()
    const drawn = { method: 'GET', target: '/', headers: new Headers(), body: undefined }
    const own = new Request('http://localhost/', { signal: gone.signal })
    const both = [new ArrivedRequest(drawn, gone.signal), own]
    const heard: unknown[] = []
    for (const { signal } of both) signal.addEventListener('abort', () => heard.push(signal.reason))
    expect(both.map(look)).toEqual([look(own), look(own)])
    gone.abort(reason)
    expect(both.map(({ signal }) => [signal.aborted, signal.reason])).toEqual([
      [true, reason],
      [true, reason],
    ])
    expect(heard).toEqual([reason, reason])
  })

  it('leave the headers and the bytes that they were made of as they are', async () => {
    const headers = new Headers({ host: 'a' })
    const body = new Uint8Array([1, 2])
    const request = new ArrivedRequest({ method: 'POST', target: '/', headers, body }, new AbortController().signal)
    request.headers.set('host', 'b')
    new Uint8Array(await request.arrayBuffer()).fill(9)
    expect([headers.get('host'), ...body]).toEqual(['a', 1, 2])
  })
})
