// What becomes of a request whose try has failed: as a table of facts, and the same asked of HAProxy.
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RARELY_CHECKED, type RunningBalancer, startBalancer } from '../../../haproxy/testing/balancer.ts'
import { twinText } from '../../../haproxy/testing/twin.ts'
import { toolPaths } from '../../process/tools.ts'
import { type Attempt, afterFailure, type Circumstances, firstAttempt, type Next } from './attempt.ts'
import { readConfiguration } from './configuration.ts'
import { errorPage } from './error-page.ts'
import { type Failure, heardOf } from './failure.ts'
import type { ProxySettings } from './proxy.ts'
import { describeOnHaproxy26 } from './testing/haproxy-2-6.ts'
import { NOWHERE, serve } from './testing/serve.ts'

type Edits = Readonly<Record<string, string>>

const EVERYTHING = { 'retry-on conn-failure': 'retry-on all-retryable-errors' }
const PLAIN = { 'option redispatch 1': 'option redispatch' }
const NEVER = { 'option redispatch 1': '' }
const WELL: Circumstances = { server: 'up', usable: 3, onConnection: 'first', request: 'at hand' }
const LATER = { ...WELL, onConnection: 'later' } as const
const ALONE = { ...WELL, usable: 1 }

function settings(edits: Edits = {}): ProxySettings {
  const backend = readConfiguration(twinText(edits), {}).backends.get('mcp_servers')
  if (backend === undefined) throw new Error('no backend')
  return backend
}

/** All that becomes of a request whose tries all fail in the same way: each as `choose 0` or `retry 300`. */
function story(failure: Failure, edits: Edits, from: Attempt['chosenBy'], circumstances = WELL): string[] {
  const told: string[] = []
  let attempt = firstAttempt(from)
  for (;;) {
    const isSent = failure !== 'refused' && failure !== 'connect-timeout'
    const next: Next = afterFailure(
      { ...attempt, progress: isSent ? 'sent' : 'connecting' },
      failure,
      settings(edits),
      circumstances,
    )
    if (next.does !== 'retry' && next.does !== 'choose') {
      return [...told, next.does === 'answer' ? `status ${next.status}` : next.does]
    }
    told.push(`${next.does} ${next.afterMs}`)
    attempt = next.attempt
  }
}

const elsewhere = (times: number) => Array.from({ length: times }, () => 'choose 0')

describe('a request', () => {
  it.each<[string, string, Edits, Attempt['chosenBy'], Circumstances, string[]]>([
    ['ours', 'goes elsewhere at once', {}, 'session', WELL, [...elsewhere(3), 'status 503']],
    ['no session', 'goes elsewhere at once', PLAIN, 'balance', WELL, [...elsewhere(3), 'status 503']],
    [
      'plain redispatch',
      'goes elsewhere on its last retry',
      PLAIN,
      'session',
      WELL,
      ['retry 300', 'retry 300', 'choose 0', 'status 503'],
    ],
    ['no redispatch', 'stays', NEVER, 'session', WELL, ['retry 300', 'retry 300', 'retry 300', 'status 503']],
    ['one server alone', 'pauses', {}, 'session', ALONE, ['choose 300', 'choose 300', 'choose 300', 'status 503']],
    [
      'a server that is down by it',
      'goes',
      PLAIN,
      'session',
      { ...WELL, server: 'down' },
      [...elsewhere(3), 'status 503'],
    ],
    ['no retries', 'is told', { 'retries 3': 'retries 0' }, 'session', WELL, ['status 503']],
    ['`retry-on none`', 'is told', { 'retry-on conn-failure': 'retry-on none' }, 'session', WELL, ['status 503']],
    [
      'passed on',
      'goes elsewhere too',
      {},
      'session',
      { ...WELL, request: 'passed on' },
      [...elsewhere(3), 'status 503'],
    ],
  ])('that is refused, with %s, %s', (_, __, edits, from, circumstances, expected) => {
    expect(story('refused', edits, from, circumstances)).toEqual(expected)
  })

  it('pauses for a second at most', () => {
    const edits = { ...NEVER, 'CONNECT_TIMEOUT-300ms': 'CONNECT_TIMEOUT-60s' }
    expect(story('refused', edits, 'session')[0]).toBe('retry 1000')
  })

  it('that waits for a connection in vain pauses no more', () => {
    expect(story('connect-timeout', NEVER, 'session')).toEqual(['retry 0', 'retry 0', 'retry 0', 'status 503'])
    expect(story('connect-timeout', NEVER, 'session', LATER).at(-1)).toBe('close')
  })

  it.each<[Failure, string, string]>([
    ['closed', 'status 502', 'close'],
    ['invalid-response', 'status 502', 'status 502'],
    ['response-timeout', 'status 504', 'status 504'],
    ['shut-down', 'status 502', 'close'],
    [{ status: 503 }, 'forward', 'forward'],
  ])(
    'that may have been executed and ends with %j is not sent again: %s, later on a connection %s',
    (failure, first, later) => {
      expect(story(failure, {}, 'session')).toEqual([first])
      expect(story(failure, {}, 'session', LATER)).toEqual([later])
    },
  )

  it.each<[Failure, string]>([
    ['closed', 'status 502'],
    ['invalid-response', 'status 502'],
    ['response-timeout', 'status 504'],
    [{ status: 503 }, 'forward'],
  ])('that ends with %j is sent three times more by `all-retryable-errors`', (failure, end) => {
    expect(story(failure, EVERYTHING, 'session')).toEqual([...elsewhere(3), end])
    expect(story(failure, { ...EVERYTHING, ...PLAIN }, 'session')).toEqual(['retry 0', 'retry 0', 'choose 0', end])
    expect(story(failure, EVERYTHING, 'session', { ...WELL, request: 'passed on' })).toEqual([end])
  })

  it.each<[Failure, string, string]>([
    ['closed', 'empty-response', 'junk-response'],
    ['invalid-response', 'junk-response', 'empty-response'],
    ['response-timeout', 'response-timeout', '504'],
    [{ status: 404 }, '404', '403'],
  ])('that ends with %j is sent again by `retry-on %s` and not by `%s`', (failure, reason, other) => {
    const on = (word: string) => ({ 'retry-on conn-failure': `retry-on ${word}` })
    expect(story(failure, on(reason), 'session')).toHaveLength(4)
    expect(story(failure, on(other), 'session')).toHaveLength(1)
  })

  it('that is shut down or answered 404 is not sent again by it', () => {
    expect(story('shut-down', EVERYTHING, 'session')).toEqual(['status 502'])
    expect(story({ status: 404 }, EVERYTHING, 'session')).toEqual(['forward'])
  })

  it('that is shut down before it is sent has its connection closed', () => {
    const told = afterFailure(firstAttempt('session'), 'shut-down', settings(), WELL)
    expect(told).toEqual({ does: 'close' })
  })
})

it('the page of an error says how long it is, and is not kept', () => {
  const body =
    '<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n'
  const headers = [
    ['content-length', '107'],
    ['cache-control', 'no-cache'],
    ['content-type', 'text/html'],
  ]
  expect(errorPage(502)).toEqual({ status: 502, reason: 'Bad Gateway', headers, body })
})

it.each<[Failure, ReturnType<typeof heardOf>, ReturnType<typeof heardOf>]>([
  ['refused', 'not-connected', 'not-connected'],
  ['connect-timeout', 'not-connected', 'not-connected'],
  ['closed', 'closed', undefined],
  ['invalid-response', 'invalid-response', 'invalid-response'],
  ['response-timeout', 'timeout', 'timeout'],
  [{ status: 500 }, { status: 500 }, { status: 500 }],
  ['shut-down', undefined, undefined],
])('of %j the checks hear %j, and later on a connection %j', (failure, first, later) => {
  expect([heardOf(failure, 'first'), heardOf(failure, 'later')]).toEqual([first, later])
})

describeOnHaproxy26('HAProxy itself', () => {
  const FAILURES = {
    '/closed': 'closed',
    '/junk': 'invalid-response',
    '/silent': 'response-timeout',
    '/500': { status: 500 },
  } as const
  const PATHS = ['/closed', '/junk', '/silent', '/500'] as const

  /** What one client reads of the answers on one connection: `status N`, or `close`. */
  function converse(balancer: RunningBalancer): (path: string) => Promise<{ answer: string; text: string }> {
    const socket = connect(Number(balancer.url.port), balancer.url.hostname)
    onTestFinished(() => void socket.destroy())
    socket.setEncoding('latin1')
    return (path) =>
      new Promise((resolve) => {
        let text = ''
        const end = (answer: string) => {
          socket.removeAllListeners('data').removeAllListeners('close')
          resolve({ answer, text })
        }
        socket.on('data', (part: string) => {
          text += part
          const [head = '', body] = text.split('\r\n\r\n')
          const length = /content-length: (\d+)/i.exec(head)?.[1]
          if (body !== undefined && body.length === Number(length)) end(`status ${head.split(' ')[1]}`)
        })
        socket.on('close', () => end('close'))
        socket.on('error', () => undefined)
        socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      })
  }

  async function start(edits: Edits) {
    const counts = new Map<string, number>()
    const instance = await serve(1, (request, response) => {
      const path = request.url ?? ''
      counts.set(path, (counts.get(path) ?? 0) + 1)
      if (path === '/closed') request.socket.destroy()
      else if (path === '/junk') request.socket.end('junk\r\n\r\n')
      else if (path === '/500') response.writeHead(500, { 'content-length': 4 }).end('fail')
      else if (path !== '/silent') response.end('fine')
    })
    const env = { ...NOWHERE, ...RARELY_CHECKED, CHECK_FASTINTER: '300s', STREAM_TIMEOUT: '400ms' }
    const balancer = await startBalancer({ haproxy: toolPaths().haproxy, servers: [instance], env, edits })
    await balancer.admin.retire((name) => name !== 'mcp-server-1')
    return { balancer, instance, counts }
  }

  it.each([
    ['our file', {}],
    ['`all-retryable-errors`', EVERYTHING],
    ['`retry-on 500` and `retries 2`', { 'retry-on conn-failure': 'retry-on 500', 'retries 3': 'retries 2' }],
  ])('with %s tries as often and tells the same', async (_, edits) => {
    const { balancer, counts } = await start(edits)
    for (const path of PATHS) {
      for (const onConnection of ['first', 'later'] as const) {
        const ask = converse(balancer)
        if (onConnection === 'later') await ask('/fine')
        counts.clear()
        const { answer } = await ask(path)
        const circumstances = { ...ALONE, onConnection }
        const expected = story(FAILURES[path], edits, 'balance', circumstances)
        const told = expected.at(-1)
        const forwarded = told === 'forward' ? 'status 500' : told
        expect([path, onConnection, counts.get(path), answer]).toEqual([path, onConnection, expected.length, forwarded])
      }
    }
  })

  it('pauses between the tries of the one server that there is, and answers the same pages', async () => {
    const { balancer, instance } = await start({})
    const pages = [await converse(balancer)('/closed'), await converse(balancer)('/silent')]
    await instance.close()
    pages.push(await converse(balancer)('/refused'))
    for (const [at, status] of ([502, 504, 503] as const).entries()) {
      const { reason, headers, body } = errorPage(status)
      const lines = [`HTTP/1.1 ${status} ${reason}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body]
      expect(pages[at]?.text).toBe(lines.join('\r\n'))
    }
    const logged = await balancer.logged('/refused')
    const expected = story('refused', {}, 'balance', ALONE)
    expect(logged.retries).toBe(expected.length - 1)
    expect(logged.pausedMs).toBeGreaterThanOrEqual(3 * 300 - 5)
  })
})
