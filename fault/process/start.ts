// Starts a whole stack of processes on this machine: Redis, the instances, HAProxy, and Toxiproxy on every link.
import { systemClock } from '../../wire/clock.ts'
import { type Crash, type LinkName, StackError } from '../stack.ts'
import { openLinks, type ProxiedLink, type Route } from '../toxiproxy.ts'
import { balancerEnvironment, type Ports } from './environment.ts'
import { createInstances, instanceLaunch } from './instances.ts'
import { type ProcessStackOptions, type Settings, settingsOf } from './options.ts'
import { checkedFile, startHaproxy, startRedis, startToxiproxy } from './parts.ts'
import { assertFree, freePorts } from './ports.ts'
import { ProcessStack } from './process-stack.ts'
import { Site } from './site.ts'
import { toolPaths } from './tools.ts'

/** Processes that start stacks at the same time may still pick one port: the loser tries again. */
const PORT_TAKEN = /address already in use|EADDRINUSE|cannot bind socket|could not create server tcp/i
const TRIES = 3

/** Starts a stack; resolves when every instance is up and routed to. Rejects with a StackError that says what to mend. */
export async function startProcessStack(options: ProcessStackOptions = {}): Promise<ProcessStack> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted()
    const site = new Site(options.logs, options.ended)
    const abort = () => void site.close()
    options.signal?.addEventListener('abort', abort, { once: true })
    site.atEnd(() => options.signal?.removeEventListener('abort', abort))
    try {
      return await build(site, options)
    } catch (error) {
      await site.close()
      options.signal?.throwIfAborted()
      const isTaken = error instanceof StackError && PORT_TAKEN.test(error.message)
      if (!isTaken || attempt === TRIES) throw error
    }
  }
}

async function build(site: Site, options: ProcessStackOptions): Promise<ProcessStack> {
  const settings = settingsOf(options)
  const tools = toolPaths(settings.links === 'direct' ? ['redis-server', 'haproxy'] : undefined)
  const ports = await portsFor(settings, options.ports)
  const env = balancerEnvironment(settings, ports, site.folder)
  const balancerStart = { command: tools.haproxy, file: options.haproxyFile, env, ports }
  const [redis, links, launch, file] = await Promise.all([
    startRedis(site, tools['redis-server'], ports.redis),
    settings.links === 'direct' ? NO_LINKS : startLinks(site, tools['toxiproxy-server'], ports),
    instanceLaunch(site, settings, options.store),
    checkedFile(balancerStart),
  ])
  const crashes: Crash[] = []
  const crashed = (crash: Crash) => {
    if (site.isClosing) return
    crashes.push(crash)
    options.ended?.(crash.backend, crash.how)
  }
  const backends = createInstances({ settings, ports, links, launch, crashed })
  await Promise.all(backends.map((backend) => backend.start()))
  const balancer = await startHaproxy(site, file, balancerStart)
  await balancer.retire((server) => !backends.some(({ name }) => name === server))
  const endpoint = new URL(`http://127.0.0.1:${ports.client}/mcp`)
  const stack = new ProcessStack({
    site,
    settings,
    endpoint,
    clock: systemClock,
    backends,
    redis,
    balancer,
    links,
    crashes,
  })
  await stack.heal()
  return stack
}

/** The ports of a stack; without links each part is reached at its own. */
async function portsFor({ backends, links }: Settings, fixed: ProcessStackOptions['ports']): Promise<Ports> {
  if (fixed) await assertFree([fixed.balancer, fixed.statistics])
  const [toxiproxy = 0, redis = 0, balancer = 0, statistics = 0, client = 0, ...rest] = await freePorts(
    5 + 3 * backends,
  )
  const instances = Array.from({ length: backends }, (_, at) => {
    const [server = 0, backendLink = 0, redisLink = 0] = rest.slice(3 * at, 3 * at + 3)
    return links === 'direct' ? { server, backendLink: server, redisLink: redis } : { server, backendLink, redisLink }
  })
  const own = { balancer, statistics, ...fixed }
  return { toxiproxy, redis, ...own, client: links === 'direct' ? own.balancer : client, instances }
}

const NO_LINKS: ReadonlyMap<LinkName, ProxiedLink> = new Map()

async function startLinks(site: Site, toxiproxy: string, ports: Ports): Promise<ReadonlyMap<LinkName, ProxiedLink>> {
  return openLinks(await startToxiproxy(site, toxiproxy, ports.toxiproxy), routesOf(ports))
}

function routesOf({ client, balancer, redis, instances }: Ports): Route[] {
  const at = (port: number) => `127.0.0.1:${port}`
  return [
    { name: 'client', listen: at(client), upstream: at(balancer) },
    ...instances.flatMap((instance, index): Route[] => [
      { name: `backend:${index + 1}`, listen: at(instance.backendLink), upstream: at(instance.server) },
      { name: `redis:${index + 1}`, listen: at(instance.redisLink), upstream: at(redis) },
    ]),
  ]
}
