// A balancer alone, in front of instances that run already: several of them, of different files, can stand before the same
// instances, so that the file and its bad twin live through the same fault.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Haproxy, SERVERS } from '../../fault/haproxy.ts'
import { freePorts } from '../../fault/process/ports.ts'
import { Site } from '../../fault/process/site.ts'
import { StackError } from '../../fault/stack.ts'
import { until } from '../../fault/until.ts'
import { type LoggedRequest, loggedRequests } from './log.ts'
import { type Edits, twinText } from './twin.ts'

export interface BalancerStart {
  /** Path of the program. */
  readonly haproxy: string
  /** In the order of the file's servers. */
  readonly servers: readonly { readonly name: string; readonly url: URL }[]
  /** The file's environment, where it differs from `CALM`. */
  readonly env?: Readonly<Record<string, string>>
  /** Leaves the file as it is by default. */
  readonly edits?: Edits
  /** By default one process in the foreground. */
  readonly mode?: 'single' | 'master and worker'
}

/** Checks often, and calls nobody late who is only busy. */
const CALM = { CHECK_INTER: '500ms', CHECK_FASTINTER: '100ms', CHECK_DOWNINTER: '100ms', CHECK_TIMEOUT: '2s' }

/** Nothing but its calls tells such a balancer of a dead instance: its checks are too far apart. */
export const RARELY_CHECKED = { CHECK_INTER: '300s' }

/** How a call ends that was lost after it was sent: nobody can say whether it was executed. */
export const LOST = ['closed', 'status 502']

export class RunningBalancer {
  readonly url: URL
  readonly admin: Haproxy
  readonly #site: Site

  constructor(url: URL, admin: Haproxy, site: Site) {
    this.url = url
    this.admin = admin
    this.#site = site
  }

  /** The answer's text, `status N` where it is not 200, or `closed` where the connection was. No session is ''. */
  async ask(session: string, path = '/mcp', init: RequestInit = {}): Promise<string> {
    try {
      const headers = new Headers(init.headers)
      if (session !== '') headers.set('mcp-session-id', session)
      const response = await fetch(new URL(path, this.url), { ...init, headers })
      const text = await response.text()
      return response.status === 200 ? text : `status ${response.status}`
    } catch {
      return 'closed'
    }
  }

  async status(server: string): Promise<string> {
    return (await this.admin.states()).get(server)?.status ?? 'unknown'
  }

  async becomes(server: string, status: 'up' | 'draining' | 'down', limitMs = 15_000): Promise<void> {
    await until(async () => ((await this.status(server)) === status ? true : undefined), {
      limitMs,
      missing: () => `${server} does not become ${status}`,
    })
  }

  /** Everything that it has said. */
  get log(): string {
    return readFileSync(join(this.#site.folder, 'haproxy.log'), 'utf8')
  }

  /** What it logged of a request, once it has ended. */
  logged(request: string): Promise<LoggedRequest> {
    return until(async () => loggedRequests(this.log).find((line) => line.request.includes(request)), {
      limitMs: 5_000,
      missing: () => `HAProxy has logged no ${request}`,
    })
  }

  reload(): void {
    process.kill(this.#site.processes.get('haproxy') ?? 0, 'SIGUSR2')
  }
}

/** Starts one, which ends with the test. */
export async function startBalancer({
  haproxy,
  servers,
  env,
  edits = {},
  mode,
}: BalancerStart): Promise<RunningBalancer> {
  const site = new Site(undefined)
  onTestFinished(() => site.close())
  const [port = 0, statisticsPort = 0] = await freePorts(2)
  const file = join(site.folder, 'haproxy.cfg')
  writeFileSync(file, twinText(edits))
  const admin = join(site.folder, 'admin.sock')
  const part = site.launchPart({
    name: 'haproxy',
    command: haproxy,
    args: [...(mode === 'master and worker' ? ['-W'] : []), '-db', '-f', file],
    env: {
      ...CALM,
      ...environment(servers),
      BALANCER_PORT: `${port}`,
      STATS_PORT: `${statisticsPort}`,
      ADMIN_SOCKET: admin,
      PEERS_ADDRESS: `unix@${join(site.folder, 'peers.sock')}`,
      ...env,
    },
  })
  const control = new Haproxy({
    statistics: new URL(`http://127.0.0.1:${statisticsPort}/stats;csv`),
    admin: { path: admin },
  })
  const look = () => {
    if (part.how !== undefined) throw new StackError(`HAProxy ended (${part.how}):\n${part.lastLines()}`)
    return control.states().catch(() => undefined)
  }
  await until(look, { limitMs: 10_000, missing: () => `HAProxy does not serve:\n${part.lastLines()}` })
  // Before its first check a server counts as up, but one failed check is enough to take it out.
  for (const { name } of servers) await control.command(`set server ${SERVERS}/${name} health up`)
  return new RunningBalancer(new URL(`http://127.0.0.1:${port}/mcp`), control, site)
}

/** The file as it is and a twin of it. */
export async function startWithTwin(
  start: BalancerStart,
  edits: Edits,
): Promise<{ ours: RunningBalancer; twin: RunningBalancer }> {
  const [ours, twin] = await Promise.all([startBalancer(start), startBalancer({ ...start, edits })])
  return { ours, twin }
}

function environment(servers: BalancerStart['servers']): Record<string, string> {
  const addresses = servers.flatMap(({ name, url }, at) => [
    [`SERVER_${at + 1}_NAME`, name],
    [`SERVER_${at + 1}_ADDRESS`, url.host],
  ])
  return { BALANCER_HOST: '127.0.0.1', ...Object.fromEntries(addresses) }
}
