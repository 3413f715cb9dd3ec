// Builds a simulated stack: hosts, links between them, and what runs on each. Nothing happens before its `run`.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { RedisSessionStore } from '../../server/index.ts'
import type { OpenStore } from '../../server/store/contract.ts'
import { SERVERS } from '../haproxy.ts'
import { packageFile } from '../process/bundle.ts'
import {
  balancerServers,
  balancerTimers,
  type CommonSettings,
  type CommonStackOptions,
  commonSettings,
  instanceName,
} from '../settings.ts'
import { type LinkName, StackError } from '../stack.ts'
import { type Configuration, readConfiguration } from './balancer/configuration.ts'
import { ConfigurationError } from './balancer/configuration-error.ts'
import { SimulatedBalancer } from './balancer/serving/simulated-balancer.ts'
import { chance } from './chance.ts'
import { simulatedFetch } from './http/client.ts'
import type { Route } from './network/dial.ts'
import { SimulatedLink } from './network/simulated-link.ts'
import { SimulatedBackend } from './simulated-backend.ts'
import { SimulatedRedisNode } from './simulated-redis-node.ts'
import { SimulatedStack } from './simulated-stack.ts'
import { openStoreOf } from './store-module.ts'
import { Host } from './time/host.ts'
import { World } from './time/world.ts'

export interface SimulatedStackOptions extends CommonStackOptions {
  /** All chance of this stack comes from it: latencies, jitter, ids. 0 by default. */
  readonly seed?: number
  /** Gets the event log, a line an event. */
  readonly log?: (line: string) => void
  readonly watch?: Watch
}

/** Whoever watches a simulation from another thread: what its code did last, should it never yield again. */
export interface Watch {
  /** Told of each event before it happens, by its virtual microsecond. */
  beat(us: number, what: string): void
  /** A `run` has ended. */
  rest(): void
}

const BALANCER_PORT = 8080
const REDIS = { host: 'redis', port: 6379 }
/** Of a link that is well: microseconds, the least and the most that chance adds. */
const LATENCY_US = { least: 50, spread: 200 }

const instancePort = (n: number) => 8000 + n
const instanceAddress = (n: number) => `${instanceName(n)}:${instancePort(n)}`

/** @throws StackError that says what to mend */
export async function startSimulatedStack(options: SimulatedStackOptions = {}): Promise<SimulatedStack> {
  const settings = commonSettings(options)
  const { seed = 0, log, watch } = options
  const configuration = await configurationFor(settings, options.haproxyFile)
  const openStore = options.store === undefined ? openRedisStore : await openStoreOf(options.store)
  const world: World = new World({
    onTime: (us) => stack.moveTo(us),
    ...(watch && { onEvent: (us, what) => watch.beat(us, what) }),
    onUncaught: (life, error) => stack.uncaught(life, error),
    log,
  })
  const numbers = Array.from({ length: settings.backends }, (_, at) => at + 1)
  const link = (name: LinkName, farEnd: 'refuses' | 'accepts and closes') =>
    new SimulatedLink({ name, world, farEnd, random: chance(seed, name), latencyUs: LATENCY_US })
  const redis = new SimulatedRedisNode(world, `redis://${REDIS.host}:${REDIS.port}`)
  const instances = numbers.map((n) => {
    const toBackend = link(`backend:${n}`, 'refuses')
    const backend = new SimulatedBackend({
      ...{ world, settings, openStore, link: toBackend, name: instanceName(n), redisUrl: redis.url },
      url: new URL(`http://127.0.0.1:${instancePort(n)}/mcp`),
    })
    return { toRedis: link(`redis:${n}`, 'accepts and closes'), toBackend, backend }
  })
  const client = link('client', 'accepts and closes')
  const balancer = new SimulatedBalancer({
    ...{ world, configuration, port: BALANCER_PORT, backend: SERVERS, host: new Host('haproxy') },
    route(address) {
      const n = numbers.find((each) => instanceAddress(each) === address)
      const instance = n === undefined ? undefined : instances[n - 1]
      return instance && { world, link: instance.toBackend, listener: instance.backend.listener }
    },
  })
  const stack: SimulatedStack = new SimulatedStack({
    ...{ world, settings, balancer, redis, random: chance(seed, 'everything else'), onRest: () => watch?.rest() },
    endpoint: new URL(`http://127.0.0.1:${BALANCER_PORT}/mcp`),
    backends: instances.map(({ backend }) => backend),
    links: new Map([client, ...instances.flatMap(({ toBackend, toRedis }) => [toBackend, toRedis])].map(named)),
    fetch: fetchByPort(
      new Map([
        [BALANCER_PORT, simulatedFetch({ world, link: client, listener: balancer.listener })],
        // Whoever talks to an instance past the balancer does so over a link that nothing hurts.
        ...instances.map(({ backend }, at) => {
          const direct = { world, link: link(`backend:${at + 1}`, 'refuses'), listener: backend.listener }
          return [instancePort(at + 1), simulatedFetch(direct)] as const
        }),
      ]),
    ),
    routeFrom(life, host, port): Route | undefined {
      const own = instances.find(({ backend }) => backend.host === life.host)
      const isRedis = host === REDIS.host && port === REDIS.port
      return own && isRedis ? { world, link: own.toRedis, listener: redis.listener } : undefined
    },
  })
  return stack
}

const named = (link: SimulatedLink): [LinkName, SimulatedLink] => [link.name, link]

const openRedisStore: OpenStore = (settings) => new RedisSessionStore(settings)

/** A campaign starts a stack for every trace, all of them by one file. */
let lastRead: { readonly key: string; readonly configuration: Configuration } | undefined

async function configurationFor(settings: CommonSettings, file: string | undefined): Promise<Configuration> {
  const path = file === undefined ? packageFile('haproxy/haproxy.cfg') : resolve(file)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new StackError(`the HAProxy file ${path} cannot be read`)
  })
  const environment = {
    BALANCER_HOST: '127.0.0.1',
    BALANCER_PORT: `${BALANCER_PORT}`,
    CHECK_HOST: '127.0.0.1',
    ...balancerTimers(settings),
    ...balancerServers(settings.backends, instanceAddress),
  }
  const key = JSON.stringify([text, environment])
  try {
    if (lastRead?.key !== key) lastRead = { key, configuration: readConfiguration(text, environment) }
    return lastRead.configuration
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    throw new StackError(`the simulation does not understand ${path}: ${error.message}`, { cause: error })
  }
}

function fetchByPort(fetches: ReadonlyMap<number, typeof fetch>): typeof fetch {
  return async (input, init) => {
    const { port, host } = new URL(input instanceof Request ? input.url : input)
    const found = fetches.get(Number(port))
    if (found === undefined)
      throw new TypeError('fetch failed', { cause: new Error(`nothing of the stack is at ${host}`) })
    return found(input, init)
  }
}
