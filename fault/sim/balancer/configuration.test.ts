// The balancer's file as data: ours whole, each line that people write in its place, and none that is not known. What
// HAProxy refuses is refused here too.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { twinText } from '../../../haproxy/testing/twin.ts'
import { balancerEnvironment } from '../../process/environment.ts'
import { settingsOf } from '../../process/options.ts'
import { toolPaths } from '../../process/tools.ts'
import { readConfiguration } from './configuration.ts'
import { ConfigurationError } from './configuration-error.ts'
import { describeOnHaproxy26 } from './testing/haproxy-2-6.ts'

type Edits = Readonly<Record<string, string>>

const ADDRESSES = Object.fromEntries([1, 2, 3].map((n) => [`SERVER_${n}_ADDRESS`, `127.0.0.1:${8000 + n}`]))
const OBSERVE = 'default-server observe layer7 error-limit 2 on-error fastinter'

const read = (edits: Edits = {}, environment: Readonly<Record<string, string>> = {}) =>
  readConfiguration(twinText(edits), environment)
const servers = (edits: Edits = {}, environment = {}) => {
  const backend = read(edits, environment).backends.get('mcp_servers')
  if (backend === undefined) throw new Error('the file has no mcp_servers')
  return backend
}
const server = (edits: Edits) => servers(edits).servers[0]

/** Variants that HAProxy takes: what is replaced, by what, and what is then read otherwise. */
const VARIANTS: [name: string, edits: Edits, reads: () => unknown, expected: unknown][] = []
const variant = (edits: Edits, reads: (edits: Edits) => unknown, expected: unknown) => {
  VARIANTS.push([Object.values(edits).join(', ') || `no ${Object.keys(edits)}`, edits, () => reads(edits), expected])
}
const proxy = (edits: Edits) => servers(edits)
variant(
  { 'retry-on conn-failure': 'retry-on all-retryable-errors' },
  (edits) => proxy(edits).retryOn,
  expect.arrayContaining(['conn-failure', 'empty-response', 'junk-response', 'response-timeout', '500', '502', '504']),
)
variant({ 'retry-on conn-failure': 'retry-on 503 404' }, (edits) => proxy(edits).retryOn, ['503', '404'])
variant({ 'retry-on conn-failure': 'retry-on none' }, (edits) => proxy(edits).retryOn, [])
variant({ 'retry-on conn-failure': '' }, (edits) => proxy(edits).retryOn, ['conn-failure'])
variant({ 'option redispatch 1': 'option redispatch' }, (edits) => proxy(edits).redispatch, -1)
variant({ 'option redispatch 1': 'option redispatch 2' }, (edits) => proxy(edits).redispatch, 2)
variant({ 'option redispatch 1': 'no option redispatch' }, (edits) => proxy(edits).redispatch, undefined)
variant({ 'retries 3': 'retries 0' }, (edits) => proxy(edits).retries, 0)
variant({ 'retries 3': '' }, (edits) => proxy(edits).retries, 3)
variant({ 'option abortonclose': '' }, (edits) => proxy(edits).abortOnClose, false)
variant({ 'option http-no-delay': '' }, (edits) => proxy(edits).noDelay, false)
variant({ 'balance leastconn': 'balance roundrobin' }, (edits) => proxy(edits).balance, 'roundrobin')
variant({ 'balance leastconn': '' }, (edits) => proxy(edits).balance, 'roundrobin')
variant({ 'timeout check': '# timeout check' }, (edits) => proxy(edits).timeouts.check, undefined)
variant({ 'CONNECT_TIMEOUT-300ms': 'CONNECT_TIMEOUT-60s' }, (edits) => proxy(edits).timeouts.connect, 60_000)
variant({ 'CONNECT_TIMEOUT-300ms': 'CONNECT_TIMEOUT-1500us' }, (edits) => proxy(edits).timeouts.connect, 2)
variant({ 'timeout server "${STREAM_TIMEOUT-300s}"': 'timeout server 5m' }, (e) => proxy(e).timeouts.server, 300_000)
for (const onError of ['mark-down', 'sudden-death', 'fail-check'] as const)
  variant({ 'on-error fastinter': `on-error ${onError}` }, (edits) => server(edits)?.onError, onError)
variant({ 'error-limit 2': 'error-limit 1' }, (edits) => server(edits)?.errorLimit, 1)
variant({ 'observe layer7': 'observe layer4' }, (edits) => server(edits)?.observe, 'layer4')
variant({ [OBSERVE]: '' }, (edits) => server(edits), expect.objectContaining({ observe: undefined, errorLimit: 10 }))
variant({ 'on-marked-down shutdown-sessions': 'fall 3' }, (edits) => server(edits)?.onMarkedDown, undefined)
variant({ 'default-server check inter': '#' }, (edits) => server(edits)?.check, 'off')
variant({ 'fall "${CHECK_FALL-3}" rise': 'fall 7 rise' }, (edits) => server(edits)?.fall, 7)
variant({ 'type binary len 32': 'type string len 64' }, (edits) => proxy(edits).table?.length, 64)
variant({ 'type binary len 32': 'type string' }, (edits) => proxy(edits).table?.length, 31)
variant({ 'size 100k': 'size 3' }, (edits) => proxy(edits).table?.size, 3)
variant({ '"${STICK_EXPIRE-2130s}"': '2130' }, (edits) => proxy(edits).table?.expireMs, 2_130)
variant({ 'expire "${STICK_EXPIRE-2130s}"': '' }, (edits) => proxy(edits).table?.expireMs, undefined)
variant({ '2130s}" peers balancers': '2130s}"' }, (edits) => proxy(edits).table?.peers, undefined)
variant({ 'localpeer balancer': '' }, (edits) => read(edits).localPeer, undefined)
variant({ 'req.fhdr': 'req.hdr' }, (edits) => proxy(edits).stick[0]?.key.fetch, 'hdr')
variant({ 'req.fhdr': 'hdr' }, (edits) => proxy(edits).stick[0]?.key.fetch, 'hdr')
variant({ ',sha2(256)': '' }, (edits) => proxy(edits).stick[0]?.key.digest, 'none')
variant({ 'option httpchk': 'option httpchk GET /health' }, (e) => proxy(e).checks.request.version, 'HTTP/1.1')
variant({ 'option httpchk': '' }, (edits) => proxy(edits).checks.asks, 'connection')
variant(
  { 'option httpchk': 'option httpchk GET /health', 'http-check send': '# http-check send' },
  (edits) => proxy(edits).checks.request,
  { method: 'GET', uri: '/health', version: 'HTTP/1.0', headers: [] },
)
variant({ 'hdr Host': 'hdr X-Host' }, (e) => proxy(e).checks.request.headers, [['X-Host', 'localhost']])
variant({ 'http-check disable-on-404': '' }, (edits) => proxy(edits).checks.disableOn404, false)
variant(
  { 'use_backend mcp_degraded if { nbsrv(mcp_servers) eq 0 }': '' },
  (edits) => read(edits).frontends.get('mcp')?.choices,
  [],
)
variant(
  { 'stick match req.fhdr(mcp-session-id),sha2(256) table mcp_servers': '' },
  (edits) =>
    read(edits)
      .backends.get('mcp_degraded')
      ?.stick.map(({ does }) => does),
  ['store-response'],
)
variant({ 'maxconn 4096': 'presetenv CHECK_FALL 9' }, (edits) => server(edits)?.fall, 9)

/** Lines that HAProxy refuses. */
const REFUSED_BY_BOTH: readonly [from: string, to: string][] = [
  ['balance leastconn', 'balance fairly'],
  ['retries 3', 'retrys 3'],
  ['retry-on conn-failure', 'retry-on everything'],
  ['retry-on conn-failure', 'retry-on'],
  ['CONNECT_TIMEOUT-300ms', 'CONNECT_TIMEOUT-300 ms'],
  ['CONNECT_TIMEOUT-300ms', 'CONNECT_TIMEOUT-0.3s'],
  ['CONNECT_TIMEOUT-300ms', 'CONNECT_TIMEOUT-99999999d'],
  [`timeout connect "\${CONNECT_TIMEOUT-300ms}"`, `timeout connect "\${NOT_THERE}"`],
  ['timeout connect', 'timeout connexion'],
  [`timeout check "\${CHECK_TIMEOUT-1s}"`, `timeout check "\${CHECK_TIMEOUT-1s}`],
  ['CHECK_INTER-5s', 'CHECK_INTER-0'],
  ['CHECK_FALL-3', 'CHECK_FALL-0'],
  ['CHECK_RISE-2', 'CHECK_RISE-two'],
  ['observe layer7', 'observe layer8'],
  ['error-limit 2', 'error-limit 0'],
  ['on-error fastinter', 'on-error panic'],
  ['on-marked-down shutdown-sessions', 'on-marked-down'],
  ['init-addr last,libc,none', 'init-addr last,nowhere'],
  ['type binary len 32', 'type bytes len 32'],
  ['type binary len 32', 'type binary len 0'],
  ['size 100k', 'size many'],
  [`expire "\${STICK_EXPIRE-2130s}"`, `expire "\${STICK_EXPIRE-2130x}"`],
  ['2130s}" peers balancers', '2130s}" peers nobody'],
  ['req.fhdr(mcp-session-id)', 'req.nohdr(mcp-session-id)'],
  ['req.fhdr(mcp-session-id),sha2(256)', 'req.fhdr(mcp-session-id),sha9'],
  ['table mcp_servers', 'table nowhere'],
  ['stick-table type', '# stick-table type'],
  ['http-check disable-on-404', 'http-check disable-on-405'],
  ['http-check send meth GET', 'http-check send verb GET'],
  ['default_backend mcp_servers', 'default_backend nowhere'],
  ['use_backend mcp_degraded if', 'use_backend nowhere if'],
  ['nbsrv(mcp_servers)', 'nbsrv(nowhere)'],
  ['nbsrv(mcp_servers) eq 0 }', 'nbsrv(mcp_servers) eq none }'],
  [`bind "\${BALANCER_HOST-*}:\${BALANCER_PORT-8080}"`, `bind "\${BALANCER_HOST-*}"`],
  ['mode http', 'mode htttp'],
  ['frontend mcp', 'frontent mcp'],
  ['backend mcp_degraded', 'backend mcp_servers'],
  ['stats enable', 'stats enabled'],
  ['level admin', 'level god'],
  ['.endif', ''],
  ['default-server resolvers names', 'default-server resolvers'],
  ['id 3', 'id 2'],
  ['retries 3', 'retries 3 4'],
  ['default_backend mcp_servers', 'default_backend mcp_servers mcp_degraded'],
  ['frontend statistics', 'frontend mcp'],
  ['retries 3', 'retries 3 \\q'],
]

/** What HAProxy takes and the simulation does not do: it says so. */
const BEYOND: readonly [from: string, to: string][] = [
  ['balance leastconn', 'balance source'],
  ['option http-no-delay', 'option http-server-close'],
  ['retries 3', 'timeout queue 1s'],
  ['stick match req.fhdr(mcp-session-id),sha2(256)\n', 'stick on req.fhdr(mcp-session-id),sha2(256)\n'],
  ['default-server on-marked-down shutdown-sessions', 'default-server weight 10'],
  ['http-check disable-on-404', 'http-check expect status 200'],
  ['maxconn 4096', 'nbthread 2'],
  ['maxconn 4096', 'maxconn lots'],
  ['.if defined(RESOLVER)', '.if'],
  ['default_backend mcp_servers', 'default_backend mcp_servers\n    http-request deny if { path /secret }'],
]

describe('the balancer’s file', () => {
  it('is read whole, with the defaults of its environment', () => {
    expect(read()).toMatchObject({ maxconn: 4_096, localPeer: 'balancer' })
    expect([...read().peers]).toEqual([['balancers', ['balancer']]])
    expect(read().frontends.get('mcp')).toMatchObject({
      bind: ['*:8080'],
      choices: [{ backend: 'mcp_degraded', of: 'mcp_servers', count: 0 }],
      defaultBackend: 'mcp_servers',
      statistics: undefined,
    })
    expect(read().frontends.get('statistics')).toMatchObject({ bind: ['*:8404'], statistics: '/stats' })
    const timeouts = { connect: 300, client: 300_000, server: 300_000, tunnel: 600_000, check: 1_000 }
    const key = { header: 'mcp-session-id', fetch: 'fhdr', digest: 'sha2(256)' }
    const stick = [
      { does: 'match', key, table: 'mcp_servers' },
      { does: 'store-response', key, table: 'mcp_servers' },
    ]
    expect(servers()).toMatchObject({
      mode: 'http',
      timeouts,
      balance: 'leastconn',
      retries: 3,
      retryOn: ['conn-failure'],
      redispatch: 1,
      noDelay: true,
      abortOnClose: true,
      table: { type: 'binary', length: 32, size: 102_400, expireMs: 2_130_000, peers: 'balancers' },
      stick,
      checks: { asks: 'request', disableOn404: true, request: { method: 'GET', uri: '/health', version: 'HTTP/1.1' } },
    })
    expect(servers().servers).toHaveLength(3)
    expect(servers().servers[2]).toEqual({
      name: 'mcp-server-3',
      address: 'mcp-server-3:8000',
      id: 3,
      check: 'on',
      interMs: 5_000,
      fastinterMs: 200,
      downinterMs: 500,
      fall: 3,
      rise: 2,
      observe: 'layer7',
      errorLimit: 2,
      onError: 'fastinter',
      onMarkedDown: 'shutdown-sessions',
      resolvers: undefined,
    })
    const degraded = read().backends.get('mcp_degraded')
    expect(degraded).toMatchObject({ stick, table: undefined })
    expect(degraded?.servers.map(({ id, check, observe }) => [id, check, observe])).toEqual([
      [1, 'off', undefined],
      [2, 'off', undefined],
      [3, 'off', undefined],
    ])
  })

  it('takes the environment that the stack of processes gives it', () => {
    const ports = {
      toxiproxy: 1,
      redis: 2,
      balancer: 3,
      statistics: 4,
      client: 5,
      instances: [{ server: 6, backendLink: 7, redisLink: 8 }],
    }
    const environment = balancerEnvironment(settingsOf({ backends: 1, ttlMs: 3_000 }), ports, '/tmp/folder')
    const backend = servers({}, environment)
    expect(backend.timeouts).toMatchObject({ connect: 300, check: 250 })
    expect(backend.table?.expireMs).toBe(7_000)
    expect(backend.servers.map(({ address }) => address)).toEqual(['127.0.0.1:7', '127.0.0.1:1', '127.0.0.1:1'])
    expect(backend.servers[0]).toMatchObject({ interMs: 500, fastinterMs: 100, downinterMs: 100 })
  })

  it('has a name server only where RESOLVER is defined', () => {
    expect(servers({}, { RESOLVER: '127.0.0.11:53' }).servers[0]?.resolvers).toBe('names')
    expect(() => read({ 'nameserver resolver': 'nameserver' }, { RESOLVER: '127.0.0.11:53' })).toThrow(/line \d+/)
    expect(() => read({ 'nameserver resolver': 'nameserver' })).not.toThrow()
  })

  it('quotes as HAProxy does', () => {
    const name = (written: string, environment = {}) =>
      servers({ '"${SERVER_1_NAME-mcp-server-1}"': written }, environment).servers[0]?.name
    expect(name('a"b"c')).toBe('abc')
    expect(name(`'a'"$B"`, { B: 'b' })).toBe('ab')
    expect(name(`"\${B-c}"`, { B: 'b' })).toBe('b')
    expect(name(`"\${B-c}"d`)).toBe('cd')
    expect(() => name('"a" # ')).toThrow('its address, host:port, is expected')
  })

  it.each(VARIANTS)('says otherwise with `%s`', (_, edits, reads, expected) => {
    expect(reads()).toEqual(expected)
    expect(edits).not.toEqual({})
  })

  it.each([...REFUSED_BY_BOTH, ...BEYOND])('in place of `%s` is refused with `%s`, by its line', (from, to) => {
    const refused = (() => {
      try {
        read({ [from]: to }, { RESOLVER: '127.0.0.11:53' })
        return undefined
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(ConfigurationError)
    expect(refused).toMatchObject({ message: expect.stringMatching(/^line \d+: `.+`: ./) })
  })

  it('tells what is accepted in place of what is not', () => {
    expect(() => read({ 'balance leastconn': 'balance source' })).toThrow(
      'line 25: `balance source`: at `source`: accepted here: leastconn, roundrobin',
    )
  })
})

describeOnHaproxy26('HAProxy itself', () => {
  function check(edits: Edits): Promise<'accepts' | 'refuses'> {
    const folder = mkdtempSync(join(tmpdir(), 'balancer-file-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, twinText(edits))
    const env = { ...ADDRESSES, RESOLVER: '127.0.0.11:53' }
    return new Promise((resolve) => {
      const { haproxy } = toolPaths()
      execFile(haproxy, ['-c', '-f', file], { env }, (error) => resolve(error === null ? 'accepts' : 'refuses'))
    })
  }

  it.each(VARIANTS)('takes `%s` too', async (_, edits) => {
    expect(await check(edits)).toBe('accepts')
  })

  it.each(REFUSED_BY_BOTH)('in place of `%s` refuses `%s` too', async (from, to) => {
    expect(await check({ [from]: to })).toBe('refuses')
  })

  it.each(BEYOND)('in place of `%s` takes `%s`, which is not simulated', async (from, to) => {
    expect(await check({ [from]: to })).toBe('accepts')
  })
})
