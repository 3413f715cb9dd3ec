// An instance that drains keeps its own sessions and their running calls, and gets no others.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import type { Backend } from '../fault/stack.ts'
import { type RunningBalancer, startBalancer } from './testing/balancer.ts'
import { eventually } from './testing/eventually.ts'
import { named, tell } from './testing/instances.ts'
import { describeOnEachHaproxy } from './testing/programs.ts'

describeOnEachHaproxy('an instance that drains', (path) => {
  let stack: ProcessStack
  const start = () => ({ haproxy: path(), servers: stack.backends })

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  let drained: Backend | undefined
  afterEach(async () => {
    await drained?.kill()
    await stack.heal()
  })
  afterAll(() => stack.close())

  /** A call that runs on the instance of `session`, which then drains in that way. */
  async function drainUnder(balancer: RunningBalancer, way: string) {
    const draining = named(stack.backends, await balancer.ask('own'))
    drained = draining
    const call = balancer.ask('own', '/stream')
    await eventually(() => tell(draining, '/streams')).toBe('own')
    await tell(draining, way)
    return { call, draining }
  }

  it('and says 404 ends its call, serves its sessions, and gets no others', async () => {
    const ours = await startBalancer(start())
    const { call, draining } = await drainUnder(ours, '/set-health?status=404')
    await ours.becomes(draining.name, 'draining')
    expect(await ours.ask('own')).toBe(draining.name)
    for (let n = 0; n < 12; n++) expect(await ours.ask(`new-${n}`)).not.toBe(draining.name)
    await tell(draining, '/end?session=own')
    expect(await call).toBe(`${draining.name}\n`)
    await tell(draining, '/set-health?status=200')
    await ours.becomes(draining.name, 'up')
    expect(await ours.ask('own')).toBe(draining.name)
  })

  it.each([
    ['says 503', '/set-health?status=503', {}],
    ['closes its listener', '/close-listener', {}],
    ['says 404 without `disable-on-404`', '/set-health?status=404', { 'http-check disable-on-404': '' }],
  ])('but %s has its call cut', async (_, way, edits) => {
    const balancer = await startBalancer({ ...start(), edits })
    const { call, draining } = await drainUnder(balancer, way)
    expect(await call).toBe('closed')
    expect(await balancer.status(draining.name)).toBe('down')
    expect(await balancer.ask('own')).not.toBe(draining.name)
  })
})
