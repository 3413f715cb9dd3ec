// HAProxy's own choice by leastconn: request by request the same as ours, whatever runs meanwhile.
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { RARELY_CHECKED, startBalancer } from '../../../haproxy/testing/balancer.ts'
import { eventually } from '../../../haproxy/testing/eventually.ts'
import { toolPaths } from '../../process/tools.ts'
import { Choice } from './choose.ts'
import { describeOnHaproxy26 } from './testing/haproxy-2-6.ts'
import { serve } from './testing/serve.ts'

/** `.` a request that ends, `(` one that runs on, `)` the end of the oldest of these, a digit: that server goes or comes. */
const SCRIPTS = [
  '.......',
  '(....).....',
  '((..(..)..).)....',
  '((((((....))))))....',
  '.(.(.).).(((.)))..',
  '..1...1....(1..1..)..',
  '.(2(..)2..)3..(.3..)..',
]

describeOnHaproxy26('HAProxy, by leastconn,', () => {
  it.each(SCRIPTS)('chooses as we do through `%s`', async (script) => {
    const held: ServerResponse[] = []
    const instances = await Promise.all(
      [1, 2, 3].map((n) =>
        serve(n, (request, response) => {
          if (request.url === '/held') held.push(response.writeHead(200, { 'x-instance': `${n}` }))
          else response.end(`${n}`)
          if (request.url === '/held') response.write(`${n}`)
        }),
      ),
    )
    const env = { ...RARELY_CHECKED, CHECK_FASTINTER: '300s' }
    const balancer = await startBalancer({ haproxy: toolPaths().haproxy, servers: instances, env })
    const choice = new Choice('leastconn', [1, 2, 3])
    const running: number[] = []
    const away = new Set<string>()
    /** A server is let go a moment after its answer has gone out. */
    const settled = async () => {
      const rows = (await balancer.admin.command('show stat'))
        .split('\n')
        .filter((row) => row.startsWith('mcp_servers,'))
      return rows.slice(0, 3).map((row) => Number(row.split(',')[4]))
    }
    for (const [at, step] of [...script].entries()) {
      if (step === '.' || step === '(') {
        const expected = choice.next() ?? 0
        choice.take(expected)
        const path = step === '(' ? '/held' : '/'
        const response = await fetch(new URL(path, balancer.url), { headers: { connection: 'close' } })
        const chosen = step === '(' ? response.headers.get('x-instance') : await response.text()
        expect([at, chosen]).toEqual([at, `${expected}`])
        if (step === '(') running.push(expected)
        else choice.drop(expected)
      } else if (step === ')') {
        held.shift()?.end()
        choice.drop(running.shift() ?? 0)
      } else {
        const state = away.delete(step) ? 'ready' : 'drain'
        if (state === 'drain') away.add(step)
        await balancer.admin.command(`set server mcp_servers/mcp-server-${step} state ${state}`)
        choice.becomes(Number(step), state === 'ready' ? 'usable' : 'not usable')
      }
      await eventually(settled).toEqual([1, 2, 3].map((id) => choice.served(id)))
    }
    for (const response of held) response.end()
  })
})
