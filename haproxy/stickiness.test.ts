// A session's calls reach the instance that holds it: whatever its id is, and for as long as it may live.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { type RunningBalancer, startBalancer, startWithTwin } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { tellAll } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

const LONG = 'x'.repeat(128)
/** The table that the obvious file has, of ids themselves. */
const strings = (length: number) => ({
  'type binary len 32': `type string len ${length}`,
  'req.fhdr(mcp-session-id),sha2(256)': 'req.fhdr(mcp-session-id)',
  'res.fhdr(mcp-session-id),sha2(256)': 'res.fhdr(mcp-session-id)',
})

describeOnEachHaproxy('a session', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends })
  const table = (balancer: RunningBalancer) => balancer.admin.command('show table mcp_servers')

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.heal())
  afterAll(() => stack.close())

  it('has an entry of its own where ids are long, equal at the start, or hold commas', async () => {
    const ours = await startBalancer(start())
    const long = 'x'.repeat(4_000)
    const ids = [...'abcdefghi'].flatMap((end) => [`${long}${end}`, `one,${end}`, `${end},two`])
    const first = new Map<string, string>()
    for (const id of ids) first.set(id, await ours.ask(id))
    expect(new Set(first.values()).size).toBe(3)
    for (const id of ids.toReversed()) expect(await ours.ask(id)).toBe(first.get(id))
    expect(await table(ours)).toContain(`used:${ids.length}`)
  })

  it.each([
    ['strings of 64 cut it', strings(64), `${LONG}a`, `${LONG}b`],
    ['strings of 128 cut it', strings(128), `${LONG}a`, `${LONG}b`],
    ['`hdr` splits it at commas', { 'req.fhdr': 'req.hdr', 'res.fhdr': 'res.hdr' }, 'one,same', 'two,same'],
  ])('is sent to its own instance; %s, and it is sent to another one', async (_, edits, id, other) => {
    const { ours, twin } = await startWithTwin(start(), edits)
    for (const [balancer, reaches] of [
      [ours, 'its own'],
      [twin, 'the other'],
    ] as const) {
      const own = await balancer.ask('', `/open?session=${id}`)
      let last = own
      while (last === own) last = await balancer.ask('', `/open?session=${other}`)
      expect(await balancer.ask(id)).toBe(reaches === 'its own' ? own : last)
    }
  })

  it('is remembered while its longest call runs; with the TTL alone as `expire` it is forgotten', async () => {
    const { ours, twin } = await startWithTwin(start(), { 'expire "${STICK_EXPIRE-2130s}"': 'expire 1s' })
    const sessions = [...'abcdefghi']
    const ask = (balancer: RunningBalancer) => async (session: string) =>
      balancer.ask(`${session}-${balancer.url.port}`)
    const served = await Promise.all([ours, twin].map((balancer) => Promise.all(sessions.map(ask(balancer)))))
    const names = [ours, twin].flatMap(({ url }) => sessions.map((session) => `${session}-${url.port}`))
    const calls = names.map((name) => (name.endsWith(ours.url.port) ? ours : twin).ask(name, '/stream'))
    const running = async () => (await tellAll(stack.backends, '/streams')).join().split(',').sort()
    await eventually(running).toEqual(names.sort())
    await eventually(() => table(twin)).toContain('used:0')
    expect(await table(ours)).toContain('used:9')
    for (const name of names) await tellAll(stack.backends, `/end?session=${name}`)
    await Promise.all(calls)
    const again = async (balancer: RunningBalancer) => {
      const answers: string[] = []
      for (const session of sessions.toReversed()) answers.unshift(await ask(balancer)(session))
      return answers
    }
    expect(await again(ours)).toEqual(served[0])
    expect(await again(twin)).not.toEqual(served[1])
  })

  it('is remembered for seconds; a bare number is milliseconds', async () => {
    const { ours, twin } = await startWithTwin(start(), { '2130s}': '2130}' })
    await Promise.all([ours.ask('session'), twin.ask('session')])
    const leftMs = async (balancer: RunningBalancer) => Number(/ exp=(\d+)/.exec(await table(balancer))?.[1])
    expect(await leftMs(twin)).toBeLessThanOrEqual(2_130)
    expect(await leftMs(ours)).toBeGreaterThan(2_000_000)
  })
})
