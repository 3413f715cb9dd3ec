// Requests whose end is told wrongly or never comes, and bytes that are hardly HTTP.
import fc from 'fast-check'
import { POST, soundHead } from './headers.ts'
import { chunked, type Framed, type HostileRequest, http, raw } from './request.ts'

// An id that nothing else here has: the client goes away from these while they may still run.
const INCREMENT = Buffer.from(
  '{"jsonrpc":"2.0","id":"left","method":"tools/call","params":{"name":"increment_counter"}}',
)
const SIZE = INCREMENT.length.toString(16)

const length = (text: string) => (): Framed => ({ headers: [['Content-Length', text]], body: INCREMENT })
const coded = (encoding: string, body: Buffer | string) => (): Framed => ({
  headers: [['Transfer-Encoding', encoding]],
  body: Buffer.from(body),
})

// More than the balancer or an instance reads of a head: it may close before all has come, and its answer be lost.
const endlessHead = (): Framed => ({
  headers: [['X-Anything', 'x'.repeat(20_000)], ...length(`${INCREMENT.length}`)().headers],
  body: INCREMENT,
})

/** An increment that never comes whole, so that none may be executed. */
const misframed = fc
  .constantFrom<() => Framed>(
    ...['-1', '1e2', 'ten', '99999999999999999999', '1048577', '0', '1', `${INCREMENT.length + 1}`].map(length),
    ...['zz', 'ffffffffffffffffff', '-1', '', `${SIZE} x`].map((size) =>
      coded('chunked', `${size}\r\n${INCREMENT}\r\n0\r\n\r\n`),
    ),
    coded('chunked', `${SIZE}\r\n${INCREMENT}XX\r\n0\r\n\r\n`),
    coded('chunked', `${SIZE}\r\n${INCREMENT}\r\n`),
    coded('chunked', `${SIZE};${'e'.repeat(20_000)}\r\n${INCREMENT}\r\n0\r\n\r\n`),
    coded('chunked', ''),
    coded('identity', INCREMENT),
    coded('chunked, chunked', chunked(INCREMENT)),
    () => ({ headers: [], body: Buffer.alloc(0) }),
    endlessHead,
  )
  .map((framing) => http({ ...soundHead, body: INCREMENT, framing }))

const READ = '{"jsonrpc":"2.0","id":"left","method":"tools/call","params":{"name":"get_counter"}}'
const HEADERS = soundHead.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
const TOLD = `${HEADERS}Content-Length: ${READ.length}\r\n`

const versions = ['HTTP/0.9', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/3.7', 'HTTP/1.1 ', 'http/1.1', '']
const lines = ['X: a\r\n b', 'X : a', 'X: a\0b', ': a', 'X', 'Expect: nonsense', 'Connection: Upgrade\r\nUpgrade: h2c']
const codings = ['gzip, chunked', 'chunked\r\nContent-Length: 1']
const starts = [
  'CONNECT 127.0.0.1:80',
  'CONNECT /mcp',
  'PRI *',
  'GET',
  'GET  /mcp',
  'GET /mcp\0',
  'GET /\xff',
  'OPTIONS *',
]

/** The balancer and an instance may each take it for HTTP or not; none of it asks for a change. */
const oddities = fc.constantFrom(
  ...versions.map((version) => `POST /mcp ${version}\r\n${TOLD}\r\n${READ}`),
  ...lines.map((line) => `${POST}\r\n${TOLD}${line}\r\n\r\n${READ}`),
  ...codings.map((coding) => `${POST}\r\n${HEADERS}Transfer-Encoding: ${coding}\r\n\r\n${chunked(Buffer.from(READ))}`),
  ...starts.map((start) => `${start} HTTP/1.1\r\n${HEADERS}\r\n`),
  `${POST}\r\n${TOLD}Content-Length: 1\r\n\r\n${READ}`,
  `${POST}\r\n${'X: a\r\n'.repeat(3_000)}\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03',
  'GET /mcp\r\n',
  '',
)

const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))

const hardlyHttp = fc.oneof(
  { weight: 3, arbitrary: oddities.map((text) => raw(Buffer.from(text, 'latin1'))) },
  { weight: 1, arbitrary: noise.map(raw) },
)

export const badFraming: fc.Arbitrary<HostileRequest> = fc
  .oneof(misframed, hardlyHttp)
  .map((bytes) => ({ bytes, effects: [], answer: 'perhaps' }))
