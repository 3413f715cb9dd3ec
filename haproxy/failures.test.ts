// How an instance that has died is found: by its calls, in a moment, and without losing one of them.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { LOST, RARELY_CHECKED, type RunningBalancer, startBalancer, startWithTwin } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { executed, named, tell, tellAll } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

const OBSERVE = 'default-server observe layer7 error-limit 2 on-error fastinter'
/** So many that the calls alone take it out, where a directive counts them: twice the errors, three times. */
const SESSIONS = 10

/** Sessions that one instance serves. */
async function sessionsAt(server: string, balancer: RunningBalancer): Promise<string[]> {
  const found: string[] = []
  for (let n = 0; found.length < SESSIONS; n++)
    if ((await balancer.ask(`session-${n}`)) === server) found.push(`session-${n}`)
  return found
}

describeOnEachHaproxy('an instance that has died', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends, env: RARELY_CHECKED })

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  it('is found by its calls, and costs at most the one of that very moment; without `observe` each tries it first', async () => {
    const { ours, twin } = await startWithTwin(start(), { [OBSERVE]: '' })
    const dead = named(stack.backends, 'mcp-server-1')
    await dead.kill()
    const answers: string[] = []
    for (const limit = performance.now() + 20_000; (await ours.status(dead.name)) !== 'down'; ) {
      expect(performance.now(), 'its calls do not take it out').toBeLessThan(limit)
      answers.push(await ours.ask(''))
      expect(await twin.ask('')).toMatch(/^mcp-server/)
    }
    const lost = answers.filter((answer) => !answer.startsWith('mcp-server'))
    expect([[], [expect.toBeOneOf(LOST)]]).toContainEqual(lost)
    expect(await twin.status(dead.name)).toBe('up')
    for (let n = 0; n < 6; n++) {
      await ours.ask('', '/executed?after')
      await twin.ask('', '/executed?after')
    }
    const retried = ({ log }: { log: string }) => log.match(/\/\+\d+ \d+\/\d+ "GET \/executed\?after/g)?.length ?? 0
    expect(retried(ours)).toBe(0)
    expect(retried(twin)).toBeGreaterThan(0)
  })

  it.each([
    ['on-error mark-down', OBSERVE.replace('fastinter', 'mark-down')],
    ['on-error sudden-death', OBSERVE.replace('fastinter', 'sudden-death')],
    ['on-error fail-check', OBSERVE.replace('fastinter', 'fail-check')],
    ['error-limit 1', OBSERVE.replace('error-limit 2', 'error-limit 1').replace('fastinter', 'mark-down')],
  ])('costs no session a call; `%s` costs one', async (_, instead) => {
    const ours = await startBalancer(start())
    // It is the calls that take it out there, before any check can.
    const env = { ...RARELY_CHECKED, CHECK_FASTINTER: '300s' }
    const twin = await startBalancer({ ...start(), env, edits: { [OBSERVE]: instead } })
    const dead = named(stack.backends, 'mcp-server-1')
    const balancers = [ours, twin]
    const sessions = await Promise.all(balancers.map((balancer) => sessionsAt(dead.name, balancer)))
    await dead.kill()
    const lost: string[][] = [[], []]
    for (const [at, balancer] of balancers.entries()) {
      for (const session of sessions[at] ?? []) {
        const answer = await balancer.ask(session)
        if (!answer.startsWith('mcp-server')) lost[at]?.push(answer)
      }
    }
    expect(lost).toEqual([[], [expect.toBeOneOf(LOST)]])
  })

  it('is not taken for one that answers a few 500s; `mark-down` takes it from everyone', async () => {
    const { ours, twin } = await startWithTwin(start(), { [OBSERVE]: OBSERVE.replace('fastinter', 'mark-down') })
    const [one, other] = await Promise.all([ours.ask('client'), twin.ask('other')])
    const running = [ours.ask('client', '/stream'), twin.ask('other', '/stream')]
    await eventually(async () => (await tellAll(stack.backends, '/streams')).join('')).toMatch(
      /client.*other|other.*client/,
    )
    for (let n = 0; n < 2; n++) {
      expect(await ours.ask('client', '/unknown')).toBe('status 500')
      await twin.ask('other', '/unknown')
    }
    expect(await twin.status(other)).toBe('down')
    for (let n = 0; n < 4; n++) expect(await ours.ask('client', '/unknown')).toBe('status 500')
    expect(await ours.status(one)).toBe('up')
    await tellAll(stack.backends, '/end?session=client')
    const [ended, cut] = await Promise.all(running)
    expect(ended).toBe(`${one}\n`)
    expect(cut).toBe('closed')
  })

  it('ends a call in flight with a closed connection or 502, executed once: nobody can say how it ended', async () => {
    const ours = await startBalancer(start())
    const streaming = named(stack.backends, await ours.ask('streaming'))
    const before = await executed(stack.backends)
    const calls = [ours.ask('streaming', '/stream'), ours.ask('streaming', '/mcp?ms=60000')]
    await eventually(() => tell(streaming, '/streams')).toBe('streaming')
    await eventually(() => executed(stack.backends)).toBe(before + 1)
    await streaming.kill()
    expect(await calls[0]).toBe('closed')
    expect(await calls[1]).toBeOneOf(LOST)
  })

  it('leaves 503 to the balancer where no other is left', async () => {
    const ours = await startBalancer(start())
    await Promise.all(stack.backends.map((backend) => backend.kill()))
    expect(await ours.ask('', '/mcp', { method: 'POST', body: 'increment' })).toBe('status 503')
  })
})
