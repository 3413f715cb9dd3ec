// What the balancer and the instances are told through their environment: the names are the contract's.
import type { Settings } from './options.ts'

export interface Ports {
  readonly toxiproxy: number
  readonly redis: number
  readonly balancer: number
  readonly statistics: number
  /** Where Toxiproxy listens for clients. */
  readonly client: number
  readonly instances: readonly InstancePorts[]
}

export interface InstancePorts {
  readonly server: number
  /** Where Toxiproxy listens for the balancer, and for this instance's connections to Redis. */
  readonly backendLink: number
  readonly redisLink: number
}

/** Nothing listens on port 1: a server of the balancer's file that this stack does not have is simply down. */
const NOWHERE = '127.0.0.1:1'
const SERVERS_IN_FILE = 3

/** Name of instance n, from 1. */
export const instanceName = (n: number) => `mcp-server-${n}`

export const adminSocket = (folder: string) => `${folder}/admin.sock`

export function balancerEnvironment({ timers, ttlMs, backends }: Settings, ports: Ports, folder: string) {
  const environment: Record<string, string> = {
    BALANCER_HOST: '127.0.0.1',
    BALANCER_PORT: `${ports.balancer}`,
    STATS_PORT: `${ports.statistics}`,
    ADMIN_SOCKET: adminSocket(folder),
    PEERS_ADDRESS: `unix@${folder}/peers.sock`,
    CHECK_HOST: '127.0.0.1',
    CHECK_INTER: `${timers.checkMs}ms`,
    CHECK_FASTINTER: `${timers.fastCheckMs}ms`,
    CHECK_DOWNINTER: `${timers.fastCheckMs}ms`,
    CHECK_TIMEOUT: `${timers.checkTimeoutMs}ms`,
    CONNECT_TIMEOUT: `${timers.connectMs}ms`,
    STICK_EXPIRE: `${ttlMs + timers.longestCallMs + 1_000}ms`,
  }
  for (let n = 1; n <= Math.max(backends, SERVERS_IN_FILE); n++) {
    const link = ports.instances[n - 1]?.backendLink
    environment[`SERVER_${n}_NAME`] = instanceName(n)
    environment[`SERVER_${n}_ADDRESS`] = link === undefined ? NOWHERE : `127.0.0.1:${link}`
  }
  return environment
}

export function instanceEnvironment({ timers, ttlMs }: Settings, name: string, ports: InstancePorts) {
  return {
    INSTANCE_ID: name,
    HOST: '127.0.0.1',
    PORT: `${ports.server}`,
    REDIS_URL: `redis://127.0.0.1:${ports.redisLink}`,
    SESSION_TTL: `${ttlMs / 1_000}`,
    KEEP_ALIVE_MS: `${timers.keepAliveMs}`,
    STORE_DEADLINE_MS: `${timers.storeDeadlineMs}`,
    DRAIN_MS: `${timers.drainMs}`,
  }
}
