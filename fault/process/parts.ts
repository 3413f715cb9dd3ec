// Starts the parts around the instances, Redis, Toxiproxy and HAProxy, and tells when each of them serves.
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Toxiproxy } from 'toxiproxy-node-client'
import { Haproxy } from '../haproxy.ts'
import { DirectRedis } from '../redis.ts'
import { StackError } from '../stack.ts'
import { until } from '../until.ts'
import { packageFile } from './bundle.ts'
import type { Child } from './child.ts'
import { adminSocket, type Ports } from './environment.ts'
import { RedisProcess } from './redis-process.ts'
import type { Site } from './site.ts'

const START_LIMIT_MS = 10_000

/** Resolves once the part answers; a StackError with the end of its log when it does not, or has ended. */
async function serves(part: Child, answers: () => Promise<unknown>): Promise<void> {
  const said = () => `the end of its log:\n${part.lastLines()}`
  const look = async () => {
    if (part.how !== undefined) throw new StackError(`${part.name} ended (${part.how}) before it served; ${said()}`)
    return answers().then(
      () => true,
      () => undefined,
    )
  }
  await until(look, { limitMs: START_LIMIT_MS, everyMs: 5, missing: () => `${part.name} does not answer; ${said()}` })
}

export async function startRedis(site: Site, command: string, port: number): Promise<RedisProcess> {
  const options = {
    port,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir: site.folder,
    dbfilename: 'redis.rdb',
    'notify-keyspace-events': 'KA',
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const direct = new DirectRedis(`redis://127.0.0.1:${port}`)
  site.atEnd(() => direct.close())
  const redis = new RedisProcess({
    direct,
    dataFile: join(site.folder, options.dbfilename),
    launch: () => site.launchPart({ name: 'redis', command, args }),
    release: (child) => site.release(child),
    served: (child) => serves(child, () => direct.answers()),
  })
  await redis.start()
  return redis
}

export async function startToxiproxy(site: Site, command: string, port: number): Promise<Toxiproxy> {
  const args = ['-host', '127.0.0.1', '-port', `${port}`]
  const part = site.launchPart({ name: 'toxiproxy', command, args, env: { LOG_LEVEL: 'error' } })
  const api = new Toxiproxy(`http://127.0.0.1:${port}`)
  await serves(part, () => api.getVersion())
  return api
}

export interface BalancerStart {
  readonly command: string
  readonly file: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly ports: Ports
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return new Promise<{ status: 'ok' | 'failed'; said: string }>((resolve) => {
    execFile(command, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 'ok' : 'failed', said: `${stdout}${stderr}` })
    })
  })
}

/** Path of the balancer's file, once HAProxy itself has found nothing wrong with it. */
export async function checkedFile({ command, file, env }: BalancerStart): Promise<string> {
  const path = file === undefined ? packageFile('haproxy/haproxy.cfg') : resolve(file)
  await access(path).catch(() => {
    throw new StackError(`the HAProxy file ${path} cannot be read`)
  })
  const { status, said } = await run(command, ['-c', '-f', path], env)
  if (status === 'failed') {
    const alerts = said.split('\n').filter((line) => line.includes('[ALERT]'))
    throw new StackError(`HAProxy refuses ${path}:\n${alerts.join('\n') || said}`)
  }
  return path
}

export async function startHaproxy(site: Site, path: string, { command, env, ports }: BalancerStart): Promise<Haproxy> {
  const launch = () => site.launchPart({ name: 'haproxy', command, args: ['-db', '-f', path], env })
  const served = async (child: Child) => {
    await serves(child, () => haproxy.states())
    await haproxy.command('show version')
  }
  let part = launch()
  const statistics = new URL(`http://127.0.0.1:${ports.statistics}/stats;csv`)
  const haproxy = new Haproxy({ statistics, admin: { path: adminSocket(site.folder) } }, async () => {
    site.release(part)
    await part.kill()
    part = launch()
    await served(part)
  })
  await served(part)
  return haproxy
}
