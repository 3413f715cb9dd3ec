// What the balancer and the instances are told through their environment: the names are the contract's.
import { balancerServers, balancerTimers } from '../settings.ts'
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

export const adminSocket = (folder: string) => `${folder}/admin.sock`

export function balancerEnvironment(settings: Settings, ports: Ports, folder: string): Record<string, string> {
  return {
    BALANCER_HOST: '127.0.0.1',
    BALANCER_PORT: `${ports.balancer}`,
    STATS_PORT: `${ports.statistics}`,
    ADMIN_SOCKET: adminSocket(folder),
    PEERS_ADDRESS: `unix@${folder}/peers.sock`,
    CHECK_HOST: '127.0.0.1',
    ...balancerTimers(settings),
    ...balancerServers(settings.backends, (n) => {
      const link = ports.instances[n - 1]?.backendLink
      return link === undefined ? NOWHERE : `127.0.0.1:${link}`
    }),
  }
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
