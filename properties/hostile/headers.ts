// Request lines and headers around a body: those that leave a call what it is, and those for which it must be refused.
import fc from 'fast-check'
import { OWN_SESSION } from './calls.ts'

type Header = readonly [name: string, value: string]

export interface Head {
  readonly line: string
  readonly headers: readonly Header[]
}

const CONTENT_TYPE: Header = ['Content-Type', 'application/json']
const ACCEPT: Header = ['Accept', 'application/json, text/event-stream']
const HOST: Header = ['Host', '127.0.0.1']
const SESSION: Header = ['mcp-session-id', OWN_SESSION]

export const POST = 'POST /mcp HTTP/1.1'

/** A head that is as it should be. */
export const soundHead: Head = { line: POST, headers: [HOST, CONTENT_TYPE, ACCEPT, SESSION] }

type Change = (head: Head) => Head

const adding =
  (...added: readonly Header[]): Change =>
  (head) => ({ ...head, headers: [...head.headers, ...added] })

const instead = (...[name, value]: Header): Change => {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase()
  return ({ line, headers }) => ({ line, headers: [...headers.filter(([other]) => !same(other)), [name, value]] })
}

const missing =
  (name: string): Change =>
  ({ line, headers }) => ({ line, headers: headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase()) })

const lineInstead =
  (line: string): Change =>
  (head) => ({ ...head, line })

/** Visible characters, Latin-1 ones and tabs: what a header's value may hold. */
const value = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0xa1, max: 0xff }))
    .map((code) => String.fromCharCode(code)),
})

const harmless: fc.Arbitrary<Change> = fc.oneof(
  value.map((text) => adding(['X-Anything', text])),
  fc.constantFrom('__proto__', 'constructor', 'x.y', "!#$%&'*+-.^_`|~").map((name) => adding([name, 'x'])),
  fc
    .constantFrom('application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;')
    .map((type) => instead('Content-Type', type)),
  fc
    .constantFrom('text/event-stream;q=0, application/json', '*/*, application/json,text/event-stream')
    .map((type) => instead('Accept', type)),
  fc
    .constantFrom('http://localhost', 'https://127.0.0.1:1', 'http://[::1]')
    .map((origin) => adding(['Origin', origin])),
  fc.constantFrom('2025-11-25', '2025-03-26').map((version) => adding(['MCP-Protocol-Version', version])),
  fc.constantFrom('localhost', 'LOCALHOST:65535', '[::1]:80').map((host) => instead('Host', host)),
  fc
    .constantFrom('/mcp?', '/mcp?%', '/mcp?mcp-session-id=x', '/x/../mcp', '/./mcp')
    .map((target) => lineInstead(`POST ${target} HTTP/1.1`)),
  fc.constant(instead('MCP-SESSION-ID', OWN_SESSION)),
  fc.constant(adding(['Last-Event-ID', 'x'])),
)

const oddId = value.filter((text) => text !== '')

const refusing: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('Accept', 'Content-Type', 'mcp-session-id').map(missing),
  fc.constantFrom('*/*', 'application/json', 'text/event-stream', '').map((type) => instead('Accept', type)),
  fc
    .constantFrom('text/plain', 'application/json-patch+json', 'application/json, text/plain', '')
    .map((type) => instead('Content-Type', type)),
  oddId.map((id) => instead('mcp-session-id', id)),
  oddId.map((id) => adding(['mcp-session-id', id])),
  fc.constant(adding(SESSION)),
  fc.constantFrom(`${OWN_SESSION},`, `${OWN_SESSION}\xff`, '__proto__', '*').map((id) => instead('mcp-session-id', id)),
  fc
    .constantFrom('evil.example', '127.0.0.1.evil.example', 'x@127.0.0.1', '127.0.0.1:99999', '[', '')
    .map((host) => instead('Host', host)),
  fc
    .constantFrom('null', 'http://evil.example', 'http://127.0.0.1.evil.example', '\xff', '')
    .map((origin) => adding(['Origin', origin])),
  fc.oneof(value, fc.constant('1999-01-01')).map((version) => adding(['MCP-Protocol-Version', `0${version}`])),
  fc
    .constantFrom('//mcp', '/mcp/', '/', '/mcp%00', '/%6dcp', '/mcp;x', '/health', '/MCP', '/mcp/..')
    .map((target) => lineInstead(`POST ${target} HTTP/1.1`)),
  fc
    .constantFrom('http://evil.example/mcp', '*', 'http://', 'http://[/mcp', '/mcp\\')
    .map((target) => lineInstead(`POST ${target} HTTP/1.1`)),
  fc
    .constantFrom('PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'NONSENSE', 'post')
    .map((method) => lineInstead(`${method} /mcp HTTP/1.1`)),
)

/** Heads that leave the call what it is. */
export const harmlessHeads: fc.Arbitrary<Head> = fc.oneof(
  fc.constant(soundHead),
  harmless.map((change) => change(soundHead)),
)

/** Heads for which a request must be refused, whatever its body says. */
export const refusedHeads: fc.Arbitrary<Head> = fc
  .tuple(refusing, fc.option(harmless))
  .map(([refuse, change]) => refuse(change === null ? soundHead : change(soundHead)))
