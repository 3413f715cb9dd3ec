// Starts a whole stack of processes on this machine: Redis, the instances, HAProxy, and Toxiproxy on every link.
import { systemClock } from '../../wire/clock.ts'
import { type Crash, StackError } from '../stack.ts'
import { openLinks, type Route } from '../toxiproxy.ts'
import { balancerEnvironment, type Ports } from './environment.ts'
import { createInstances, instanceLaunch } from './instances.ts'
import { type ProcessStackOptions, settingsOf } from './options.ts'
import { checkedFile, startHaproxy, startRedis, startToxiproxy } from './parts.ts'
import { freePorts } from './ports.ts'
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
    const site = new Site(options.logs)
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
  const tools = toolPaths()
  const settings = settingsOf(options)
  const ports = await portsFor(settings.backends)
  const env = balancerEnvironment(settings, ports, site.folder)
  const balancerStart = { command: tools.haproxy, file: options.haproxyFile, env, ports }
  const toxiproxy = startToxiproxy(site, tools['toxiproxy-server'], ports.toxiproxy)
  const [redis, links, launch, file] = await Promise.all([
    startRedis(site, tools['redis-server'], ports.redis),
    toxiproxy.then((api) => openLinks(api, routesOf(ports))),
    instanceLaunch(site, settings, options.store),
    checkedFile(balancerStart),
  ])
  const crashes: Crash[] = []
  const backends = createInstances({ settings, ports, links, launch, crashes })
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

async function portsFor(backends: number): Promise<Ports> {
  const [toxiproxy = 0, redis = 0, balancer = 0, statistics = 0, client = 0, ...rest] = await freePorts(
    5 + 3 * backends,
  )
  const instances = Array.from({ length: backends }, (_, at) => {
    const [server = 0, backendLink = 0, redisLink = 0] = rest.slice(3 * at, 3 * at + 3)
    return { server, backendLink, redisLink }
  })
  return { toxiproxy, redis, balancer, statistics, client, instances }
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
