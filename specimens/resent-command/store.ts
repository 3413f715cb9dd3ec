import type { OpenStore } from '../../server/store/contract.ts'
import { RedisSessionStore } from '../../server/store/redis-store.ts'

/** What ioredis takes where it is told nothing. */
const IOREDIS_DEFAULTS = {
  maxRetriesPerRequest: 20,
  autoResendUnfulfilledCommands: true,
  enableOfflineQueue: true,
  connectTimeout: 10_000,
  retryStrategy: (times: number) => Math.min(times * 50, 2_000),
}

export const open: OpenStore = ({ url, clock, deadlineMs }) =>
  new RedisSessionStore({ url, clock, deadlineMs, redis: IOREDIS_DEFAULTS })
