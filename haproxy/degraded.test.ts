// While no instance is well: what they say themselves is worth more than a bare 503.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { startWithTwin } from './testing/balancer.ts'
import { tellAll } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

const SESSIONS = [...'abcdefghi']

describeOnEachHaproxy('with no instance that is well', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends })
  const allAre = (balancers: Awaited<ReturnType<typeof startWithTwin>>, status: 'up' | 'down') =>
    Promise.all(
      stack.backends.flatMap(({ name }) => Object.values(balancers).map((each) => each.becomes(name, status))),
    )

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(async () => {
    await tellAll(stack.backends, '/set-health?status=200')
    await stack.heal()
  })
  afterAll(() => stack.close())

  it('sessions are served on, and new ones too; without the degraded backend all get 503', async () => {
    const both = await startWithTwin(start(), { 'use_backend mcp_degraded if { nbsrv(mcp_servers) eq 0 }': '' })
    const { ours, twin } = both
    const served = await Promise.all(SESSIONS.map((session) => ours.ask(session)))
    await tellAll(stack.backends, '/set-health?status=503')
    await allAre(both, 'down')
    expect(await Promise.all(SESSIONS.map((session) => ours.ask(session)))).toEqual(served)
    expect(await ours.ask('new')).toMatch(/^mcp-server/)
    expect(await twin.ask('new')).toBe('status 503')
    await tellAll(stack.backends, '/set-health?status=200')
    await allAre(both, 'up')
    expect(await Promise.all(SESSIONS.map((session) => ours.ask(session)))).toEqual(served)
  })

  it('sessions stay where they are; without the one table for both backends they go astray', async () => {
    const both = await startWithTwin(start(), {
      'stick match req.fhdr(mcp-session-id),sha2(256) table mcp_servers': '',
    })
    const { ours, twin } = both
    const served = await Promise.all([ours, twin].map((each) => Promise.all(SESSIONS.map((id) => each.ask(id)))))
    await tellAll(stack.backends, '/set-health?status=503')
    await allAre(both, 'down')
    const again = async ({ ask }: { ask: (session: string) => Promise<string> }) => {
      const answers: string[] = []
      for (const session of SESSIONS.toReversed()) answers.unshift(await ask(session))
      return answers
    }
    expect(await again({ ask: (session) => ours.ask(session) })).toEqual(served[0])
    expect(await again({ ask: (session) => twin.ask(session) })).not.toEqual(served[1])
  })
})
