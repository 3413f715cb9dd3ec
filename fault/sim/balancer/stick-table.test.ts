// The stick table: what of an id counts, what is remembered for how long, and what goes first where there is no room;
// each also asked of HAProxy's own table.
import { describe, expect, it } from 'vitest'
import { startBalancer } from '../../../haproxy/testing/balancer.ts'
import { toolPaths } from '../../process/tools.ts'
import { stickKey } from './stick-key.ts'
import type { KeyExpression, StickTableSettings } from './stick-line.ts'
import { StickTable } from './stick-table.ts'
import { describeOnHaproxy26 } from './testing/haproxy-2-6.ts'
import { NOWHERE, serve } from './testing/serve.ts'

const ONE = { name: 'mcp-server-1', id: 1 }
const TWO = { name: 'mcp-server-2', id: 2 }
const SETTINGS: StickTableSettings = { type: 'string', length: 8, size: 3, expireMs: 1_000, peers: undefined }

const keys = (table: StickTable, now: number) => table.entries(now).map(({ key }) => key)
const soonestFirst = (entries: readonly { key: string; leftMs: number }[]) =>
  entries.toSorted((one, other) => one.leftMs - other.leftMs).map(({ key }) => key)

describe('an entry', () => {
  it('leads to the server that answered last', () => {
    const table = new StickTable(SETTINGS)
    expect(table.match('a', 0)).toBeUndefined()
    table.store('a', ONE, 0)
    expect(table.match('a', 1)).toEqual(ONE)
    table.store('a', TWO, 2)
    expect(table.match('a', 3)).toEqual(TWO)
    expect(table.used(3)).toBe(1)
  })

  it('is kept for `expire` after its last use, which a request is and a response is', () => {
    const table = new StickTable(SETTINGS)
    table.store('a', ONE, 0)
    expect(table.match('a', 999)).toEqual(ONE)
    table.store('a', ONE, 1_998)
    expect(table.used(2_997)).toBe(1)
    expect(table.used(2_998)).toBe(0)
    expect(table.match('a', 2_998)).toBeUndefined()
  })

  it('is kept for ever without `expire`', () => {
    const table = new StickTable({ ...SETTINGS, expireMs: undefined })
    table.store('a', ONE, 0)
    expect(table.match('a', 1e12)).toEqual(ONE)
  })

  it('is gone when the table is cleared', () => {
    const table = new StickTable(SETTINGS)
    table.store('a', ONE, 0)
    table.clear()
    expect(table.match('a', 0)).toBeUndefined()
  })
})

describe('where there is no room', () => {
  const full = (...touched: string[]) => {
    const table = new StickTable(SETTINGS)
    let now = 0
    for (const key of ['a', 'b', 'c']) table.store(key, ONE, ++now)
    for (const key of touched) table.match(key, ++now)
    return { table, now }
  }

  it('the oldest entry goes', () => {
    const { table, now } = full()
    table.store('d', ONE, now + 1)
    expect(keys(table, now + 1)).toEqual(['b', 'c', 'd'])
  })

  it('the one longest unused goes', () => {
    const { table, now } = full('a')
    table.store('d', ONE, now + 1)
    expect(keys(table, now + 1)).toEqual(['a', 'c', 'd'])
  })

  it('a new one is not kept while the two oldest are in use', () => {
    const { table, now } = full('a', 'b', 'c')
    table.store('d', ONE, now + 1)
    expect(keys(table, now + 1)).toEqual(['a', 'b', 'c'])
    table.store('d', ONE, now + 2)
    expect(keys(table, now + 2)).toContain('d')
  })
})

describe('of an id counts', () => {
  const key = (fetch: 'hdr' | 'fhdr', digest: 'sha2(256)' | 'none', type: 'binary' | 'string', ...values: string[]) =>
    stickKey({ header: 'mcp-session-id', fetch, digest }, { ...SETTINGS, type }, values)

  it('by fhdr all of it, by hdr what follows its last comma outside quotes', () => {
    expect(key('fhdr', 'none', 'string', 'a, b')).toBe('a, b')
    expect(key('hdr', 'none', 'string', 'a, b')).toBe('b')
    expect(key('hdr', 'none', 'string', 'a,')).toBe('')
    expect(key('hdr', 'none', 'string', 'a,"b,c"')).toBe('"b,c"')
  })

  it('the last line of its header, and nothing where there is none', () => {
    expect(key('fhdr', 'none', 'string', 'a', ' b ')).toBe('b')
    expect(key('fhdr', 'none', 'string')).toBeUndefined()
  })

  it('what the length of the table leaves of it', () => {
    expect(key('fhdr', 'none', 'string', '123456789')).toBe('12345678')
    expect(key('fhdr', 'none', 'binary', '123456789')).toBe('3132333435363738')
    expect(key('fhdr', 'none', 'binary', '1')).toBe('3100000000000000')
    expect(key('fhdr', 'sha2(256)', 'binary', 'b')).toBe('3e23e8160039594a')
    expect(key('fhdr', 'sha2(256)', 'string', 'b')).toBe('\x3e\x23\xe8\x16')
  })
})

const FETCHES: readonly KeyExpression['fetch'][] = ['fhdr', 'hdr']
const TABLES = ['binary len 32', 'binary len 8', 'string len 64', 'string len 8', 'string']
const DIGESTS: readonly KeyExpression['digest'][] = ['sha2(256)', 'none']
const LONG = 'x'.repeat(128)
const IDS = ['plain', `${LONG}a`, `${LONG}b`, 'one,same', 'two,same', '', '"', '"a,b"', 'a, ', ',', 'x y', '"a\\",b",c']

describeOnHaproxy26("HAProxy's own table", () => {
  const table = async (type: string, { fetch, digest }: Pick<KeyExpression, 'fetch' | 'digest'>, size: string) => {
    const instance = await serve(1, (request, response) => {
      const id = new URL(request.url ?? '', 'http://any').searchParams.get('learn')
      if (id !== null) response.setHeader('mcp-session-id', Buffer.from(id, 'utf8').toString('latin1'))
      response.end('mcp-server-1')
    })
    const expression = (of: string) => `${of}.${fetch}(mcp-session-id)${digest === 'none' ? '' : `,${digest}`}`
    const balancer = await startBalancer({
      haproxy: toolPaths().haproxy,
      servers: [instance],
      env: NOWHERE,
      edits: {
        'type binary len 32 size 100k': `type ${type} size ${size}`,
        'req.fhdr(mcp-session-id),sha2(256)': expression('req'),
        'res.fhdr(mcp-session-id),sha2(256)': expression('res'),
      },
    })
    await balancer.admin.retire((name) => name !== instance.name)
    const shown = async () => {
      const lines = await balancer.admin.command('show table mcp_servers')
      return [...lines.matchAll(/ key=(.*) use=\d+ exp=(\d+) /g)].map(([, key = '', left]) => ({
        key: unescaped(key),
        leftMs: Number(left),
      }))
    }
    return { balancer, shown }
  }

  it.each(
    TABLES.flatMap((type) => FETCHES.flatMap((fetch) => DIGESTS.map((digest) => [type, fetch, digest] as const))),
  )('of type `%s` by %s and %s has the same keys', async (type, fetch, digest) => {
    const { balancer, shown } = await table(type, { fetch, digest }, '100k')
    const [kind = '', , length] = type.split(' ')
    const isBinary = kind === 'binary'
    const settings = { ...SETTINGS, type: isBinary ? 'binary' : 'string', length: Number(length ?? 31) } as const
    for (const id of IDS) {
      await balancer.admin.command('clear table mcp_servers')
      expect(await balancer.ask('', `/?learn=${encodeURIComponent(id)}`)).toBe('mcp-server-1')
      const values = [Buffer.from(id, 'utf8').toString('latin1')]
      const key = stickKey({ header: 'mcp-session-id', fetch, digest }, settings, values) ?? 'none'
      const [entry] = await shown()
      const real = isBinary ? entry?.key.toLowerCase() : entry?.key
      expect({ id, key: real }).toEqual({ id, key })
    }
  })

  it('drops and keeps the same entries in the same order, whatever uses them', async () => {
    const { balancer, shown } = await table('string len 8', { fetch: 'fhdr', digest: 'none' }, '3')
    const ours = new StickTable({ ...SETTINGS, expireMs: 2_130_000 })
    let now = 0
    for (const step of 'aAbcBdCBdAeDBEfFgEhGaHbcAdBCDefghEFGHabc') {
      const id = step.toLowerCase()
      // Uses within one millisecond have no order.
      await new Promise((resolve) => setTimeout(resolve, 5))
      now += 5
      if (step === id) {
        await balancer.ask('', `/?learn=${id}`)
        ours.store(id, ONE, now)
      } else {
        await balancer.ask(id, '/')
        ours.match(id, now)
      }
      expect([step, soonestFirst(await shown())]).toEqual([step, soonestFirst(ours.entries(now))])
    }
  })
})

const ESCAPES: Readonly<Record<string, string>> = { e: '\x1b', n: '\n', r: '\r', t: '\t' }

/** A key of strings as it is, from what `show table` makes of it. */
const unescaped = (shown: string) =>
  shown.replace(/\\(?:x(..)|(.))/g, (_, hex: string | undefined, other: string = '') =>
    hex === undefined ? (ESCAPES[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
