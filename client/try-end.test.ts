// The table of outcomes, row by row.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { endOfFetchError, endOfResponse, endOfStatus } from './try-end.ts'

test.each([400, 401, 403, 406, 413, 415, 431])(
  'status %i: surely not executed, and repeating cannot help',
  (status) => {
    expect(endOfStatus(status, '')).toMatchObject({ outcome: 'fail', cause: 'refused', status })
  },
)

test.each([
  { status: 404, outcome: 'fail', cause: 'session' },
  { status: 408, outcome: 'fail', cause: 'connection' },
  { status: 429, outcome: 'fail', cause: 'connection' },
  { status: 500, outcome: 'unknown', cause: 'server' },
  { status: 502, outcome: 'unknown', cause: 'server' },
  { status: 503, outcome: 'fail', cause: 'server' },
  { status: 504, outcome: 'unknown', cause: 'server' },
])('status $status: $outcome, $cause', ({ status, ...end }) => {
  expect(endOfStatus(status, '')).toMatchObject(end)
})

const coded = (code: string) => Object.assign(new Error(code), { code })
const failed = (cause: unknown) => new TypeError('fetch failed', { cause })

test('a refused connection surely carried nothing, also where every address of a name refused', () => {
  expect(endOfFetchError(failed(coded('ECONNREFUSED'))).outcome).toBe('fail')
  const every = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])
  expect(endOfFetchError(failed(every)).outcome).toBe('fail')
})

test('a real fetch of a port where nobody listens is refused; of one that hangs up, unknown', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const post = () => fetch(url, { method: 'POST', body: '{}' }).then(String, endOfFetchError)
  expect(await post()).toMatchObject({ outcome: 'unknown', cause: 'connection' })
  server.close()
  await once(server, 'close')
  expect(await post()).toMatchObject({ outcome: 'fail', cause: 'connection' })
})

test('any other failure of a fetch may have carried the call', () => {
  expect(endOfFetchError(failed(coded('ECONNRESET'))).outcome).toBe('unknown')
  expect(endOfFetchError(failed(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]))).outcome).toBe(
    'unknown',
  )
  expect(endOfFetchError(failed(new AggregateError([]))).outcome).toBe('unknown')
  expect(endOfFetchError(failed(undefined)).outcome).toBe('unknown')
  expect(endOfFetchError('odd')).toMatchObject({ outcome: 'unknown', reason: 'odd' })
})

const result = (given: Record<string, unknown>) => endOfResponse({ jsonrpc: '2.0', id: 1, result: given })
const storeFailure = (code: string) => ({ error: { code, message: 'm' }, instance: 'i' })

test('a result is ok, a tool error about arguments a fail, and both are answers', () => {
  expect(result({ content: [] })).toMatchObject({ kind: 'answered', outcome: 'ok' })
  expect(result({ content: [], isError: true })).toMatchObject({ kind: 'answered', outcome: 'fail' })
})

test('only store_unavailable and store_unknown are store failures; stale and key_reused are answers', () => {
  const toolError = (code: string) => result({ content: [], isError: true, structuredContent: storeFailure(code) })
  expect(toolError('store_unavailable')).toMatchObject({ kind: 'failed', outcome: 'fail', cause: 'store' })
  expect(toolError('store_unknown')).toMatchObject({ kind: 'failed', outcome: 'unknown', cause: 'store' })
  expect(toolError('stale')).toMatchObject({ kind: 'answered', outcome: 'fail' })
  expect(toolError('key_reused')).toMatchObject({ kind: 'answered', outcome: 'fail' })
})

test('a result that only looks like a store failure is a result', () => {
  expect(result({ content: [], structuredContent: storeFailure('store_unknown') })).toMatchObject({ outcome: 'ok' })
})

test('a JSON-RPC error may carry a store failure; else it is an answer', () => {
  const rpc = (code: number, data?: unknown) =>
    endOfResponse({ jsonrpc: '2.0', id: 1, error: { code, message: 'm', data } })
  expect(rpc(-32603, storeFailure('store_unknown'))).toMatchObject({
    kind: 'failed',
    outcome: 'unknown',
    cause: 'store',
  })
  expect(rpc(-32603, storeFailure('store_unavailable'))).toMatchObject({ kind: 'failed', outcome: 'fail' })
  expect(rpc(-32602)).toMatchObject({ kind: 'answered', outcome: 'fail' })
  expect(rpc(-32603)).toMatchObject({ kind: 'answered', outcome: 'unknown' })
})
