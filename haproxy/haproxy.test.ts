// The balancer's file on the real HAProxy: each thing that the obvious file gets wrong, seen to be right in this one.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Haproxy } from '../fault/haproxy.ts'
import { packageFile } from '../fault/process/bundle.ts'
import { describeWithTools } from '../fault/process/needs-tools.ts'
import { freePorts } from '../fault/process/ports.ts'
import type { ProcessStack } from '../fault/process/process-stack.ts'
import { standIn } from '../fault/process/stand-in.ts'
import { startProcessStack } from '../fault/process/start.ts'
import { toolPaths } from '../fault/process/tools.ts'
import { until } from '../fault/until.ts'

const file = packageFile('haproxy/haproxy.cfg')
const addresses = (ports: readonly number[]) =>
  Object.fromEntries(ports.map((port, at) => [`SERVER_${at + 1}_ADDRESS`, `127.0.0.1:${port}`]))
const check = async (env: Record<string, string>) => {
  const { stdout, stderr } = await promisify(execFile)(toolPaths().haproxy, ['-c', '-f', file], { env })
  return `${stdout}${stderr}`
}

describeWithTools('haproxy.cfg', () => {
  let stack: ProcessStack

  beforeAll(async () => {
    stack = await startProcessStack({ backend: standIn() })
  })
  afterEach(() => stack.reset())
  afterAll(() => stack.close())

  async function ask(session: string, path = '/mcp'): Promise<string> {
    const response = await stack.fetch(new URL(path, stack.endpoint), { headers: { 'mcp-session-id': session } })
    return response.status === 200 ? response.text() : `status ${response.status}`
  }

  const tellAll = (path: string) =>
    Promise.all(stack.backends.map(async ({ url }) => (await fetch(new URL(path, url))).text()))
  const allAre = (wanted: string) => {
    const look = async () => {
      const states = [...(await stack.balancer.states()).values()]
      return states.every(({ status }) => status === wanted) ? true : undefined
    }
    return until(look, { limitMs: 5_000, missing: () => `not all are ${wanted}` })
  }

  it('is valid with no environment at all, where only the containers have no addresses yet', async () => {
    const warnings = (await check({})).split('\n').filter((line) => line.includes('[WARNING]'))
    expect(warnings.filter((line) => !line.includes('could not resolve address'))).toEqual([])
  })

  it('is valid without a warning where the addresses are known, with a name server too', async () => {
    expect(await check(addresses([1, 2, 3]))).not.toContain('WARNING')
    expect(await check({ ...addresses([1, 2, 3]), RESOLVER: '127.0.0.11:53' })).not.toContain('WARNING')
  })

  it('explains each directive that is not obvious', () => {
    const lines = readFileSync(file, 'utf8').split('\n')
    const reasons = lines.filter((line) => /^ *#/.test(line)).length
    expect(reasons).toBeGreaterThan(20)
  })

  it('keeps apart ids that are long, equal at the start, or hold commas', async () => {
    const long = 'x'.repeat(4_000)
    const ids = [...'abcdefghi'].flatMap((end) => [`${long}${end}`, `one,${end}`, `${end},two`])
    const first = new Map<string, string>()
    for (const id of ids) first.set(id, await ask(id))
    expect(new Set(first.values()).size).toBe(3)
    for (const id of ids.toReversed()) expect(await ask(id)).toBe(first.get(id))
    expect(await stack.balancer.command('show table mcp_servers')).toContain(`used:${ids.length}`)
  })

  it('never sends a request again that may have been executed', async () => {
    const before = await tellAll('/executed')
    const lost = stack.fetch(new URL('/lose', stack.endpoint), { method: 'POST', body: 'increment' })
    expect(
      await lost.then(
        ({ status }) => status,
        () => 'closed',
      ),
    ).toBeOneOf([502, 'closed'])
    const after = await tellAll('/executed')
    const total = (counts: string[]) => counts.reduce((sum, count) => sum + Number(count), 0)
    expect(total(after) - total(before)).toBe(1)
  })

  it('still routes, and to the same instance, while no instance is well', async () => {
    const sessions = ['a', 'b', 'c', 'd', 'e', 'f']
    const served = await Promise.all(sessions.map((session) => ask(session)))
    await tellAll('/set-health?status=503')
    await allAre('down')
    expect(await Promise.all(sessions.map((session) => ask(session)))).toEqual(served)
    expect(await ask('a-new-one')).toMatch(/^mcp-server/)
    await tellAll('/set-health?status=200')
    await allAre('up')
    expect(await Promise.all(sessions.map((session) => ask(session)))).toEqual(served)
  })

  it('sends a draining instance its own sessions and no others', async () => {
    const [first] = stack.backends
    if (first === undefined) throw new Error('there is no instance')
    const own = await ask('own')
    const draining = stack.backends.find(({ name }) => name === own) ?? first
    await fetch(new URL('/set-health?status=404', draining.url))
    const look = async () => ((await stack.balancer.states()).get(own)?.status === 'draining' ? true : undefined)
    await until(look, { limitMs: 5_000, missing: () => `${own} does not drain` })
    expect(await ask('own')).toBe(own)
    for (let n = 0; n < 12; n++) expect(await ask(`new-${n}`)).not.toBe(own)
    await fetch(new URL('/set-health?status=200', draining.url))
    await allAre('up')
  })

  it('finds a dead instance by its calls long before its checks do', async () => {
    const slow = await startProcessStack({ backend: standIn(), timers: { checkMs: 60_000 } })
    try {
      const [dead] = slow.backends
      await dead?.kill()
      const look = async () => {
        await Promise.all(
          [...'abcdef'].map(async (session) => {
            const response = await slow.fetch(slow.endpoint, {
              headers: { 'mcp-session-id': `${session}${Math.random()}` },
            })
            expect(response.status).toBe(200)
            await response.text()
          }),
        )
        return (await slow.balancer.states()).get('mcp-server-1')?.status === 'down' ? true : undefined
      }
      await until(look, { limitMs: 3_000, missing: () => 'its calls do not take it out' })
    } finally {
      await slow.close()
    }
  })

  it('frees the calls of an instance that has gone silent', async () => {
    const own = await ask('own')
    const silent = stack.backends.find(({ name }) => name === own)
    await silent?.pause()
    const outcome = await ask('own').catch(() => 'closed')
    expect(outcome).toMatch(/closed|status 50/)
  })

  it('leaves an instance up that answers a few 500s', async () => {
    const own = await ask('own')
    const before = (await stack.balancer.states()).get(own)
    for (let n = 0; n < 6; n++) expect(await ask('own', '/unknown')).toBe('status 500')
    expect((await stack.balancer.states()).get(own)).toEqual(before)
  })

  it('keeps its stick table over a reload, from its sixth second on', async () => {
    const servers = stack.backends.map(({ url }) => Number(url.port))
    const [proxy = 0, statistics = 0] = await freePorts(2)
    const env = {
      ...addresses(servers),
      BALANCER_HOST: '127.0.0.1',
      BALANCER_PORT: `${proxy}`,
      STATS_PORT: `${statistics}`,
      ADMIN_SOCKET: `${stack.folder}/reload.sock`,
      PEERS_ADDRESS: `unix@${stack.folder}/reload-peers.sock`,
    }
    const admin = new Haproxy({ statistics: stack.endpoint, admin: { path: env.ADMIN_SOCKET } })
    const haproxy = spawn(toolPaths().haproxy, ['-W', '-db', '-f', file], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    haproxy.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
    const starts = (count: number) =>
      until(async () => (said.split('forked').length > count ? true : undefined), {
        limitMs: 5_000,
        missing: () => `HAProxy has not started ${count} times:\n${said}`,
      })
    const askIt = async (session: string) => {
      const headers = { 'mcp-session-id': session, connection: 'close' }
      return (await fetch(`http://127.0.0.1:${proxy}/mcp`, { headers })).text()
    }
    try {
      await starts(1)
      // One that has just started waits 5 s for a table of its own predecessor, and hands none on before.
      const own = async () => ((await admin.command('show peers')).includes('resync_timeout=<PAST>') ? true : undefined)
      await until(own, { limitMs: 10_000, everyMs: 50, missing: () => 'HAProxy still waits for a predecessor' })
      const sessions = [...'abcdefghijkl']
      const served = new Map<string, string>()
      for (const session of sessions) served.set(session, await askIt(session))
      haproxy.kill('SIGUSR2')
      await starts(2)
      // The successor serves at once and is given the table a moment later.
      const learned = async () => ((await admin.command('show table')).includes('used:12') ? true : undefined)
      await until(learned, { limitMs: 5_000, missing: () => 'the successor was not given the table' })
      for (const session of sessions.toReversed()) expect(await askIt(session)).toBe(served.get(session))
    } finally {
      haproxy.kill('SIGTERM')
      await once(haproxy, 'exit')
    }
  })
})
