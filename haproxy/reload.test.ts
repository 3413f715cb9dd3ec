// A reload hands the stick table on: sessions stay with their instances.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { type RunningBalancer, startBalancer } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

const SESSIONS = [...'abcdefghijkl']

describeOnEachHaproxy('a reload', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends, mode: 'master and worker' }) as const

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterAll(() => stack.close())

  const serve = async (balancer: RunningBalancer, sessions = SESSIONS) => {
    const served: string[] = []
    for (const session of sessions)
      served.push(await balancer.ask(session, '/mcp', { headers: { connection: 'close' } }))
    return served
  }
  /** Resolves when the old process has ended: what it has not handed on by then is lost. */
  const reload = async (balancer: RunningBalancer) => {
    balancer.reload()
    await eventually(() => balancer.log).toMatch(/(?:worker|Former).*\(\d+\) exited with code 0/)
  }
  const table = (balancer: RunningBalancer) => balancer.admin.command('show table mcp_servers')

  it('keeps each session at its instance, from the sixth second on; without its peers it forgets them', async () => {
    const ours = await startBalancer(start())
    const nameless = await startBalancer({ ...start(), edits: { 'localpeer balancer': '' } })
    const alone = await startBalancer({ ...start(), edits: { '2130s}" peers balancers': '2130s}"' } })
    // One that has just started waits 5 s for a table of its own predecessor, and hands none on before.
    await eventually(() => ours.admin.command('show peers')).toContain('resync_timeout=<PAST>')
    const served = await serve(ours)
    for (const twin of [nameless, alone]) {
      await serve(twin)
      await reload(twin)
      expect(await table(twin)).toContain('used:0')
    }
    await reload(ours)
    await eventually(() => table(ours)).toContain('used:12')
    const again = await serve(ours, SESSIONS.toReversed())
    expect(again.toReversed()).toEqual(served)
  })

  it('within five seconds of the start forgets them on 2.6; 3.0 keeps them then too', async ({ skip }) => {
    const ours = await startBalancer(start())
    const [version = ''] = (await ours.admin.command('show version')).split('-')
    const kept = version.startsWith('2.6.') ? 0 : SESSIONS.length
    if (version.startsWith('2.') && kept > 0) skip(`not known of ${version}`)
    await serve(ours)
    await reload(ours)
    await eventually(() => table(ours)).toContain(`used:${kept}`)
  })
})
