// How an instance that is paused is found: it still accepts, it only says nothing more. Its calls are freed, and the
// other instances serve on.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { LOST, startWithTwin } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { named, tell } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

describeOnEachHaproxy('an instance that is paused', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends, env: { CHECK_TIMEOUT: '300ms' } })

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  it('is down once its checks are silent for `timeout check`; without it each check waits for an interval', async () => {
    const slow = { ...start(), env: { CHECK_INTER: '1s', CHECK_TIMEOUT: '300ms' } }
    const { ours, twin } = await startWithTwin(slow, { 'timeout check': '# timeout check' })
    await named(stack.backends, 'mcp-server-1').pause()
    await Promise.all([ours.becomes('mcp-server-1', 'down'), twin.becomes('mcp-server-1', 'down')])
    expect(await ours.ask('another')).toMatch(/^mcp-server-[23]/)
    const waited = /mcp_servers\/mcp-server-1 is DOWN, reason: Layer7 timeout, check duration: (\d+)ms/
    expect(Number(ours.log.match(waited)?.[1])).toBeLessThan(1_000)
    expect(Number(twin.log.match(waited)?.[1])).toBeGreaterThanOrEqual(1_000)
  })

  it('lets its waiting call go; without `shutdown-sessions` it is held until it speaks again', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'default-server on-marked-down shutdown-sessions': '' })
    const paused = named(stack.backends, await ours.ask('ours'))
    let own = ''
    let session = ''
    for (let n = 0; own !== paused.name; n++) {
      session = `twin-${n}`
      own = await twin.ask(session)
    }
    const before = Number(await tell(paused, '/executed'))
    await paused.pause()
    let held = true
    const waiting = twin.ask(session).finally(() => {
      held = false
    })
    expect(await ours.ask('ours')).toBeOneOf(LOST)
    expect(await ours.ask('ours')).toMatch(/^mcp-server/)
    await twin.becomes(paused.name, 'down')
    expect(await twin.ask('another')).toMatch(/^mcp-server/)
    expect(held).toBe(true)
    await paused.continue()
    expect(await waiting).toBe(paused.name)
    // The call that was let go is executed all the same.
    await eventually(() => tell(paused, '/executed')).toBe(`${before + 2}`)
  })
})
