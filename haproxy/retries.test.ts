// What is sent again, and where: only what cannot have been executed, and at once to an instance that is there.
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { until } from '../fault/until.ts'
import { LOST, RARELY_CHECKED, startWithTwin } from './testing/balancer.ts'
import { executed, named } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

/** Node's own length of a listener's queue. */
const BACKLOG = 511
/** So many more try: every one has, once the first are connected. */
const CROWD_OVER = 50
/** So that the next request gets a connection of its own to the instance, in place of an idle one. */
const FRESH = { headers: { connection: 'close' } }
const POST = { method: 'POST', body: 'increment' }

/** Fills the queue of a paused instance's listener: from then on its address answers nothing at all. */
async function crowdOut({ hostname, port }: URL): Promise<Socket[]> {
  let connected = 0
  const crowd = Array.from({ length: BACKLOG + CROWD_OVER }, () => {
    const socket = connect(Number(port), hostname, () => connected++)
    return socket.on('error', () => undefined)
  })
  const full = async () => (connected > BACKLOG - CROWD_OVER ? true : undefined)
  await until(full, { limitMs: 5_000, missing: () => `only ${connected} connections stand` })
  return crowd
}

describeOnEachHaproxy('what is sent again', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends, env: RARELY_CHECKED })
  /** A request that pauses between its retries must not be overtaken by the check that its failure brings about. */
  const unchecked = () => ({ ...start(), env: { ...RARELY_CHECKED, CHECK_FASTINTER: '300s' } })

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  it('is no request that an instance took and lost; `all-retryable-errors` executes it four times', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'retry-on conn-failure': 'retry-on all-retryable-errors' })
    const before = await executed(stack.backends)
    expect(await ours.ask('', '/lose', POST)).toBeOneOf(LOST)
    expect(await executed(stack.backends)).toBe(before + 1)
    expect(await twin.ask('', '/lose', POST)).toBeOneOf(LOST)
    expect(await executed(stack.backends)).toBe(before + 5)
  })

  it('nor one of a session; `all-retryable-errors` has another instance deny that it was executed', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'retry-on conn-failure': 'retry-on all-retryable-errors' })
    const before = await executed(stack.backends)
    expect(await ours.ask('', '/open?session=a')).toMatch(/^mcp-server/)
    expect(await ours.ask('a', '/lose-held', POST)).toBeOneOf(LOST)
    expect(await executed(stack.backends)).toBe(before + 1)
    expect(await twin.ask('', '/open?session=b')).toMatch(/^mcp-server/)
    expect(await twin.ask('b', '/lose-held', POST)).toBe('status 404')
    expect(await executed(stack.backends)).toBe(before + 2)
  })

  it('goes elsewhere on the first retry; without the number of `redispatch` on the last one only', async () => {
    const { ours, twin } = await startWithTwin(unchecked(), { 'option redispatch 1': 'option redispatch' })
    const dead = named(stack.backends, await ours.ask('', '/open?session=a'))
    let own = ''
    while (own !== dead.name) own = await twin.ask('', '/open?session=b')
    await dead.kill()
    expect(await ours.ask('a')).toMatch(/^mcp-server/)
    expect(await twin.ask('b')).toMatch(/^mcp-server/)
    expect(await ours.logged('/mcp')).toMatchObject({ redispatched: 'redispatched', retries: 1 })
    const late = await twin.logged('/mcp')
    expect(late).toMatchObject({ redispatched: 'redispatched', retries: 3 })
    expect(late.pausedMs).toBeGreaterThan(500)
  })

  it('waits for a silent address no longer than `timeout connect`', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'CONNECT_TIMEOUT-300ms': 'CONNECT_TIMEOUT-60s' })
    const silent = named(stack.backends, await ours.ask('', '/open?session=a', FRESH))
    let own = ''
    while (own !== silent.name) own = await twin.ask('', '/open?session=b', FRESH)
    await silent.pause()
    const crowd = await crowdOut(silent.url)
    const patience = new AbortController()
    const late = twin.ask('b', '/mcp', { ...FRESH, signal: patience.signal })
    const first = await Promise.race([ours.ask('a', '/mcp', FRESH), late.then((answer) => `the twin, ${answer}`)])
    for (const socket of crowd) socket.destroy()
    patience.abort()
    expect(first).toMatch(/^mcp-server/)
    expect(await ours.logged('/mcp')).toMatchObject({ redispatched: 'redispatched', retries: 1 })
    expect(await late).toBe('closed')
  })
})
