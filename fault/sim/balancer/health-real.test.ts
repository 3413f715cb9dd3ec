// HAProxy's own health of a server: through the same checks it is in the same states as ours, and the next check comes
// when we say, soon or late.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { type RunningBalancer, startBalancer } from '../../../haproxy/testing/balancer.ts'
import { eventually } from '../../../haproxy/testing/eventually.ts'
import { twinText } from '../../../haproxy/testing/twin.ts'
import { toolPaths } from '../../process/tools.ts'
import { readConfiguration } from './configuration.ts'
import { checkBegun, checkConnected, checkEnded, type Health, healthRules, madeUp } from './health.ts'
import { firstHealths } from './health-start.ts'
import { afterCall } from './passive-health.ts'
import { describeOnHaproxy26 } from './testing/haproxy-2-6.ts'
import { NOWHERE, serve } from './testing/serve.ts'

/** Checks that end so, and calls (`c500`) between two checks. */
type Step = number | 'closed' | 'silent' | `c${number}`

const SOON = '20ms'
const LATE = '60s'
const EVERY_SOON = { CHECK_INTER: SOON, CHECK_FASTINTER: SOON, CHECK_DOWNINTER: SOON, CHECK_TIMEOUT: '700ms' }
const ON_ERROR = (mode: string) => ({ 'on-error fastinter': `on-error ${mode}` })

/** The names of the intervals, and which of them is long: whoever waits for that one waits in vain. */
const STORIES: readonly [name: string, Step[], env: Record<string, string>, edits: Record<string, string>][] = [
  ['falls by three', [200, 503, 503, 503, 503, 200, 200, 200], {}, {}],
  ['recovers', [503, 503, 200, 503, 503, 200, 404, 200], {}, {}],
  ['drains and falls', [404, 404, 500, 500, 404, 500, 500, 500, 404, 404, 200, 200, 404], {}, {}],
  ['has no draining', [404, 404, 404, 404, 200, 200], {}, { 'http-check disable-on-404': '' }],
  ['closes', ['closed', 'closed', 'closed', 301, 302, 'closed'], {}, {}],
  ['is silent', ['silent', 'silent', 'silent', 200, 200], {}, {}],
  ['waits for `inter`', [503, 200], { CHECK_INTER: LATE }, {}],
  ['waits for `fastinter`', [200, 503], { CHECK_FASTINTER: LATE }, {}],
  ['waits for `downinter`', [503, 503, 503], { CHECK_DOWNINTER: LATE }, {}],
  ['waits for `fastinter` while it rises', [500, 500, 500, 200], { CHECK_INTER: LATE, CHECK_FASTINTER: SOON }, {}],
  ['is checked soon by two errors', [200, 'c500', 'c500', 200], { CHECK_INTER: LATE }, {}],
  ['is not by one', [200, 'c500'], { CHECK_INTER: LATE }, {}],
  ['is not by two with a good one between', [200, 'c500', 'c200', 'c500'], { CHECK_INTER: LATE }, {}],
  ['is marked down', [200, 'c500', 'c500'], { CHECK_INTER: LATE, CHECK_FASTINTER: LATE }, ON_ERROR('mark-down')],
  ['dies', [200, 'c500', 'c500', 503], { CHECK_INTER: LATE }, ON_ERROR('sudden-death')],
  ['loses points', [200, 'c500', 'c500', 503, 503], { CHECK_INTER: LATE }, ON_ERROR('fail-check')],
]

class Checked {
  readonly #waiting: ((response: ServerResponse) => void)[] = []
  readonly #arrived: ServerResponse[] = []

  readonly handle = (request: IncomingMessage, response: ServerResponse) => {
    const status = /^\/call-(\d+)/.exec(request.url ?? '')?.[1]
    if (status !== undefined) {
      response.writeHead(Number(status)).end()
      return
    }
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#arrived.push(response)
    else waiting(response)
  }

  next(): Promise<ServerResponse> {
    const arrived = this.#arrived.shift()
    return arrived === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(arrived)
  }

  get hasCome(): boolean {
    return this.#arrived.length > 0
  }
}

describeOnHaproxy26('HAProxy, of an instance that', () => {
  const real = async (balancer: RunningBalancer) => {
    const state = (await balancer.admin.states()).get('mcp-server-1')
    return [state?.status, state?.downs]
  }

  it.each(STORIES)('%s, thinks as we do', async (_, steps, env, edits) => {
    const environment = { ...NOWHERE, ...EVERY_SOON, ...env }
    const backend = readConfiguration(twinText(edits), environment).backends.get('mcp_servers')
    if (backend === undefined) throw new Error('no backend')
    const rules = backend.servers.map((server) => healthRules(backend, server))
    const [own] = rules
    const [start] = firstHealths(rules, 0)
    if (own === undefined || start === undefined) throw new Error('no server')
    const checked = new Checked()
    const instance = await serve(1, checked.handle)
    const balancer = await startBalancer({ haproxy: toolPaths().haproxy, servers: [instance], env: environment, edits })
    await balancer.admin.retire((name) => name !== instance.name)
    let health: Health = madeUp(start, own)
    let now = 0
    for (const [at, step] of steps.entries()) {
      if (typeof step === 'string' && step.startsWith('c') && step !== 'closed') {
        const status = Number(step.slice(1))
        const response = await fetch(new URL(`/call-${status}`, balancer.url))
        expect(response.status).toBe(status)
        health = afterCall(health, own, { status }, now)
      } else {
        const response = await checked.next()
        health = checkConnected(checkBegun(health, own, now), own, now)
        expect([at, ...(await real(balancer))]).toEqual([at, health.state, health.downs])
        if (step === 'closed') response.destroy()
        else if (typeof step === 'number') response.writeHead(step).end()
        const result = typeof step === 'number' ? { status: step } : step === 'closed' ? 'closed' : 'timeout'
        now = 'failsAt' in health.check && result === 'timeout' ? health.check.failsAt : now
        health = checkEnded(health, own, result, now)
      }
      const isLate = 'dueAt' in health.check && health.check.dueAt - now > 1_000
      if (isLate && at < steps.length - 1 && !`${steps[at + 1]}`.startsWith('c')) throw new Error('nothing comes after')
      if (at === steps.length - 1 && !isLate) await checked.next()
      // That nothing comes can only be waited for.
      if (at === steps.length - 1 && isLate) await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(checked.hasCome).toBe(false)
    await eventually(() => real(balancer)).toEqual([health.state, health.downs])
  })
})
