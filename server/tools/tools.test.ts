// What each tool answers, in its own words and order.
import { describe, expect, it } from 'vitest'
import { StoreError } from '../store/contract.ts'
import { last, type Message, openSession, testServer } from '../test-client.ts'

const KEY = 'mcp-failproof/call'
const CLIENT = '0123456789abcdef0123456789abcdef'
const keyed = (seq: number, acknowledgedBelow = 1) => ({ [KEY]: { client: CLIENT, seq, acknowledgedBelow } })

const open = async () => {
  const server = testServer()
  return { server, session: await openSession(server) }
}

/** A notification in a line: a log's level and message, or progress. */
function told({ params }: Message): string {
  const { level, data, progress, total, message }: Record<string, unknown> = { ...params }
  return data === undefined ? `${progress}/${total} ${message}` : `${level} ${JSON.stringify(data)}`
}

describe('tools/list', () => {
  it('describes nine tools and each of their arguments, and the shape of no result', async () => {
    const { session } = await open()
    const { tools } = (await session.request('tools/list')).result
    expect(tools.map(({ name }) => name)).toEqual([
      'increment_counter',
      'get_counter',
      'add_note',
      'list_notes',
      'get_server_info',
      'get_status',
      'analyze_data',
      'watch_counter',
      'resume_session',
    ])
    for (const tool of tools) {
      expect(tool.description).toMatch(/\.$/)
      expect(tool.outputSchema).toBeUndefined()
      expect(tool.inputSchema).toMatchObject({ type: 'object' })
    }
    expect(tools[2]?.inputSchema).toMatchObject({ properties: { note: { description: /64 KiB/ } }, required: ['note'] })
  })
})

describe('a tool', () => {
  it('answers one object twice, as text and as structured content', async () => {
    const { session } = await open()
    const result = await session.tool('increment_counter')
    expect(result.structuredContent).toEqual({ counter: 1, instance: 'i1' })
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(result.structuredContent) }])
    expect(result).not.toHaveProperty('isError')
  })

  it('that is unknown is a tool error, as the SDK answers', async () => {
    const { session } = await open()
    expect(await session.tool('nope')).toEqual({
      content: [{ type: 'text', text: 'MCP error -32602: Tool nope not found' }],
      isError: true,
    })
  })

  it.each([
    ['add_note', {}, 'note'],
    ['add_note', { note: 1 }, 'note'],
    ['add_note', { note: 'é'.repeat(32 * 1024 + 1) }, 'note'],
    ['analyze_data', { num_items: 1001 }, 'num_items'],
    ['analyze_data', { num_items: -1 }, 'num_items'],
    ['analyze_data', { num_items: 1.5 }, 'num_items'],
    ['watch_counter', { duration_seconds: '1' }, 'duration_seconds'],
    ['resume_session', { old_session_id: null }, 'old_session_id'],
  ])('%s with %j is a tool error that names the argument, and changes nothing', async (name, args, argument) => {
    const { server, session } = await open()
    const result = await session.tool(name, args)
    expect(result.isError).toBe(true)
    expect(result.content[0]?.text).toContain(argument)
    expect(await server.store.sessionCount()).toBe(0)
  })

  it.each([{ arguments: null }, { arguments: [] }, { name: 1 }])(
    'called with params that are no call, %j, is a JSON-RPC error',
    async (params) => {
      const { session } = await open()
      const answer = await session.request('tools/call', { name: 'increment_counter', ...params })
      expect(answer.error?.code).toBe(-32602)
    },
  )
})

describe('counter and notes', () => {
  it('an empty session has a counter of 0 and no notes', async () => {
    const { session } = await open()
    expect((await session.tool('get_counter')).structuredContent).toEqual({ counter: 0, instance: 'i1' })
    expect((await session.tool('list_notes')).structuredContent).toEqual({ notes: [], instance: 'i1' })
  })

  it('notes are listed in the order they were added', async () => {
    const { session } = await open()
    const notes = ['b', '', 'a', '\ud800', 'é'.repeat(32 * 1024)]
    for (const [index, note] of notes.entries()) {
      expect((await session.tool('add_note', { note })).structuredContent.notes_count).toBe(index + 1)
    }
    expect((await session.tool('list_notes')).structuredContent).toEqual({ notes, instance: 'i1' })
  })
})

describe('get_server_info and get_status', () => {
  it('count live sessions, and use none', async () => {
    const { server, session } = await open()
    await (await openSession(server)).tool('increment_counter')
    expect((await session.tool('get_server_info')).structuredContent).toEqual({ sessions: 1, instance: 'i1' })
    await server.clock.sleep(50_000)
    await session.tool('get_status')
    await server.clock.sleep(9_999)
    expect((await session.tool('get_status')).structuredContent).toMatchObject({ active_sessions: 1 })
    await server.clock.sleep(1)
    expect((await session.tool('get_status')).structuredContent).toMatchObject({ active_sessions: 0 })
  })

  it('get_status tells a positive uptime with one decimal, and the time', async () => {
    const { server, session } = await open()
    expect((await session.tool('get_status')).structuredContent).toMatchObject({ uptime_seconds: 0.1 })
    await server.clock.sleep(12_345)
    expect((await session.tool('get_status')).structuredContent).toEqual({
      uptime_seconds: 12.3,
      active_sessions: 0,
      timestamp: '2026-01-01T00:00:12.345Z',
      instance: 'i1',
    })
  })
})

describe('analyze_data', () => {
  const LOGS = [
    'info {"msg":"Starting analysis of 2 items on i1"}',
    'debug {"msg":"Phase 1: Input validation"}',
    '0/2 Validating input data',
    '1/2 Processing item 1/2',
    'debug {"msg":"Processing item 1"}',
    '2/2 Processing item 2/2',
    'debug {"msg":"Processing item 2"}',
    'info {"msg":"Aggregating results"}',
    'info {"msg":"Analysis complete: processed 2 items, total score=4.5"}',
  ]

  it('tells what it does in this order, and stores its result', async () => {
    const { server, session } = await open()
    const sent = await session.stream('analyze_data', { num_items: 2 }, { progressToken: 'p' })
    expect(sent.slice(0, -1).map(told)).toEqual(LOGS)
    expect(last(sent).result.structuredContent).toEqual({ items_processed: 2, total_score: 4.5, instance: 'i1' })
    expect(server.clock.now()).toBe(500 + 2 * 300 + 300)
    const stored = (await server.store.read(session.id, ['analysis_result'])).get('analysis_result')
    expect(stored).toEqual({ total_score: 4.5, items_processed: 2 })
  })

  it('sends progress only where a token was given, and logs from the level set', async () => {
    const { session } = await open()
    const silent = await session.stream('analyze_data', { num_items: 2 })
    expect(silent.slice(0, -1).map(told)).toEqual(LOGS.filter((line) => !line.includes('/2 ')))
    await session.request('logging/setLevel', { level: 'info' })
    const quiet = await session.stream('analyze_data', { num_items: 2 })
    expect(quiet.slice(0, -1).map(told)).toEqual(LOGS.filter((line) => line.startsWith('info')))
    await session.request('logging/setLevel', { level: 'error' })
    expect(await session.stream('analyze_data', { num_items: 2 })).toHaveLength(1)
  })

  it('answered from its record takes no time, sends its final progress only, and slides the deadline', async () => {
    const { server, session } = await open()
    const first = await session.tool('analyze_data', { num_items: 2 }, keyed(1))
    await server.clock.sleep(50_000)
    const before = server.clock.now()
    const again = await session.stream('analyze_data', { num_items: 2 }, { ...keyed(1), progressToken: 'p' })
    expect(server.clock.now()).toBe(before)
    expect(again.slice(0, -1).map(told)).toEqual(['2/2 Processing item 2/2'])
    expect(last(again).result).toEqual(first)
    await server.clock.sleep(50_000)
    expect(await server.store.keys(session.id)).toEqual(['analysis_result'])
  })

  it('of nothing is the shortest analysis', async () => {
    const { session } = await open()
    const sent = await session.stream('analyze_data', { num_items: 0 }, { progressToken: 1 })
    expect(sent.map(told)).toContain('0/0 Validating input data')
    expect(last(sent).result.structuredContent).toMatchObject({ items_processed: 0, total_score: 0 })
  })
})

describe('watch_counter', () => {
  it('tells each change when it sees it', async () => {
    const { server, session } = await open()
    await session.tool('increment_counter')
    const watched = session.stream('watch_counter', { duration_seconds: 2 }, { progressToken: 'p' })
    await server.clock.sleep(700)
    await session.tool('increment_counter')
    await session.tool('increment_counter')
    const sent = await watched
    expect(sent.slice(0, -1).map(told)).toEqual([
      'info {"msg":"Watching counter for 2s (current: 1)"}',
      '0/2 Watching...',
      '0.5/2 Watching...',
      '1/2 Watching...',
      'info {"msg":"Counter changed: 1 -> 3"}',
      '1.5/2 Watching...',
      '2/2 Watching...',
      'info {"msg":"Watch complete. 1 change(s) detected."}',
    ])
    const changes = [{ from: 1, to: 3, at: 1 }]
    expect(last(sent).result.structuredContent).toEqual({ changes, total_changes: 1, instance: 'i1' })
  })

  it('takes more than 30 seconds as 30, and each look keeps the session alive', async () => {
    const server = testServer({ ttlMs: 1000 })
    const session = await openSession(server)
    await session.tool('increment_counter')
    const { structuredContent } = await session.tool('watch_counter', { duration_seconds: 31 })
    expect(server.clock.now()).toBe(30_000)
    expect(structuredContent.changes).toEqual([])
    expect((await session.tool('get_counter')).structuredContent.counter).toBe(1)
  })

  it('looks once where it has no time', async () => {
    const { session } = await open()
    const sent = await session.stream('watch_counter', { duration_seconds: 0 })
    expect(sent.slice(0, -1).map(told)).toEqual([
      'info {"msg":"Watching counter for 0s (current: 0)"}',
      'info {"msg":"Watch complete. 0 change(s) detected."}',
    ])
  })
})

describe('resume_session', () => {
  it('brings the state of another session here, and keeps it there', async () => {
    const { server, session } = await open()
    await session.tool('increment_counter')
    await session.tool('add_note', { note: 'a' })
    const next = await openSession(server)
    const resumed = await next.tool('resume_session', { old_session_id: session.id })
    expect(resumed.structuredContent).toEqual({ status: 'resumed', keys_copied: 2, instance: 'i1' })
    expect((await next.tool('increment_counter')).structuredContent.counter).toBe(2)
    expect((await session.tool('get_counter')).structuredContent.counter).toBe(1)
  })

  it.each(['unknown', '*', ''])('of %j copies nothing', async (id) => {
    const { session } = await open()
    const resumed = await session.tool('resume_session', { old_session_id: id })
    expect(resumed.structuredContent).toEqual({ status: 'resumed', keys_copied: 0, instance: 'i1' })
  })

  it('of its own session says so, slides the deadline, and records nothing', async () => {
    const { server, session } = await open()
    await session.tool('increment_counter')
    await server.clock.sleep(50_000)
    const same = await session.tool('resume_session', { old_session_id: session.id }, keyed(1))
    expect(same.structuredContent).toEqual({ status: 'same_session', instance: 'i1' })
    await server.clock.sleep(50_000)
    expect((await session.tool('increment_counter', {}, keyed(1))).structuredContent.counter).toBe(2)
  })
})

describe('a call with a key', () => {
  it('is executed once, and answered alike by another instance', async () => {
    const server = testServer()
    const session = await openSession(server)
    await session.tool('add_note', { note: 'a' }, keyed(1))
    const again = await session.tool('add_note', { note: 'a' }, keyed(1))
    expect(again.structuredContent).toEqual({ notes_count: 1, instance: 'i1' })
    const other = testServer({ store: server.store, instance: 'i2' })
    const next = await openSession(other)
    await next.tool('resume_session', { old_session_id: session.id }, keyed(2))
    const repeated = await next.tool('add_note', { note: 'a' }, keyed(1))
    expect(repeated.structuredContent).toEqual({ notes_count: 1, instance: 'i2' })
  })

  it('that is repeated with other arguments or another tool is refused', async () => {
    const { session } = await open()
    await session.tool('add_note', { note: 'a' }, keyed(1))
    for (const call of [
      session.tool('add_note', { note: 'b' }, keyed(1)),
      session.tool('increment_counter', {}, keyed(1)),
    ]) {
      const { isError, structuredContent } = await call
      expect({ isError, code: structuredContent.error?.code }).toEqual({ isError: true, code: 'key_reused' })
    }
  })

  it('below its mark is refused', async () => {
    const { session } = await open()
    await session.tool('increment_counter', {}, keyed(5, 5))
    expect((await session.tool('increment_counter', {}, keyed(4))).structuredContent.error?.code).toBe('stale')
  })

  it('that only reads is answered anew', async () => {
    const { session } = await open()
    await session.tool('get_counter', {}, keyed(1))
    await session.tool('increment_counter')
    expect((await session.tool('get_counter', {}, keyed(1))).structuredContent.counter).toBe(1)
  })

  it.each([
    [1, 'key'],
    [{ client: 'short', seq: 1, acknowledgedBelow: 1 }, 'client'],
    [{ client: CLIENT, seq: 0, acknowledgedBelow: 1 }, 'seq'],
    [{ client: CLIENT, seq: '1', acknowledgedBelow: 1 }, 'seq'],
    [{ client: CLIENT, seq: 1 }, 'acknowledgedBelow'],
  ])('that makes no sense, %j, is a tool error that names it', async (key, part) => {
    const { server, session } = await open()
    const result = await session.tool('increment_counter', {}, { [KEY]: key })
    expect(result.isError).toBe(true)
    expect(result.content[0]?.text).toContain(KEY)
    expect(result.content[0]?.text).toContain(part)
    expect(await server.store.sessionCount()).toBe(0)
  })
})

describe('when the store fails', () => {
  it('a call says so too where the store throws the class of another copy of the package', async () => {
    const server = testServer()
    const session = await openSession(server)
    const elsewhere = Object.assign(new Error('gone'), { name: 'StoreError', code: 'store_unknown' })
    server.store.update = () => Promise.reject(elsewhere)
    const { isError, structuredContent } = await session.tool('increment_counter')
    expect(isError).toBe(true)
    expect(structuredContent).toMatchObject({ error: { code: 'store_unknown', message: 'gone' } })
  })

  it.each(['store_unavailable', 'store_unknown'] as const)('a call is a tool error that says %s', async (code) => {
    const { server, session } = await open()
    server.store.update = () => Promise.reject(new StoreError(code, 'gone'))
    const result = await session.tool('increment_counter')
    expect(result.isError).toBe(true)
    expect(result.structuredContent).toEqual({ error: { code, message: 'gone' }, instance: 'i1' })
  })

  it('a resource is a JSON-RPC error that says the same', async () => {
    const { server, session } = await open()
    server.store.read = () => Promise.reject(new StoreError('store_unavailable', 'gone'))
    const { error } = await session.request('resources/read', { uri: 'resource://session/s1/summary' })
    expect(error).toMatchObject({
      code: -32603,
      data: { error: { code: 'store_unavailable', message: 'gone' }, instance: 'i1' },
    })
  })
})
