// The states in which Redis says no, each with the way into it and out of it.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestLine } from './test-line.ts'
import { looks, slides } from './test-operations.ts'
import type { TestRedis } from './test-redis.ts'

export interface Refusal {
  readonly state: string
  enter(redis: TestRedis, line: TestLine): Promise<unknown>
  leave(redis: TestRedis, line: TestLine): Promise<unknown>
  /** What Redis still does. */
  readonly served: readonly string[]
  /** Its reason for all else. */
  readonly says: RegExp
}

const config = (redis: TestRedis, name: string, value: string) => redis.command('config', 'set', name, value)

/** The connection stays; each command has its own answer. */
export const REFUSING: readonly Refusal[] = [
  {
    state: 'is full',
    enter: (redis) => config(redis, 'maxmemory', '1'),
    leave: (redis) => config(redis, 'maxmemory', '0'),
    served: [...looks, ...slides],
    says: /^OOM command not allowed when used memory > 'maxmemory'\.$/,
  },
  {
    state: 'is read-only',
    enter: (redis) => redis.command('replicaof', '127.0.0.1', '1'),
    leave: (redis) => redis.command('replicaof', 'no', 'one'),
    served: looks,
    says: /^READONLY You can't write against a read only replica\.$/,
  },
  {
    state: 'is a replica without its primary, and says so',
    async enter(redis) {
      await config(redis, 'replica-serve-stale-data', 'no')
      await redis.command('replicaof', '127.0.0.1', '1')
    },
    async leave(redis) {
      await redis.command('replicaof', 'no', 'one')
      await config(redis, 'replica-serve-stale-data', 'yes')
    },
    served: [],
    says: /^MASTERDOWN /,
  },
  {
    state: 'cannot save its data',
    async enter(redis) {
      await mkdir(join(redis.directory, 'dump.rdb', 'in the way'), { recursive: true })
      await config(redis, 'save', '3600 1')
      await redis.command('bgsave')
      while (!(await redis.command('info', 'persistence')).includes('rdb_last_bgsave_status:err')) await sleep(5)
    },
    async leave(redis) {
      await config(redis, 'save', '')
      await rm(join(redis.directory, 'dump.rdb'), { recursive: true })
    },
    served: looks.filter((name) => name !== 'ping'),
    says: /^MISCONF /,
  },
  {
    state: 'lacks the replicas that it wants',
    enter: (redis) => config(redis, 'min-replicas-to-write', '1'),
    leave: (redis) => config(redis, 'min-replicas-to-write', '0'),
    served: looks,
    says: /^NOREPLICAS /,
  },
]

const dropClients = (line: TestLine) => line.say('CLIENT KILL TYPE normal SKIPME yes')

interface Shut extends Omit<Refusal, 'served'> {
  /** How the store logs in. */
  readonly login: '' | 'user:secret@'
}

/** The connection is lost, and a new one is not to be had. */
export const SHUT: readonly Shut[] = [
  {
    state: 'has as many clients as it takes',
    login: 'user:secret@',
    enter: (_, line) => line.say('CONFIG SET maxclients 1').then(() => dropClients(line)),
    leave: (_, line) => line.say('CONFIG SET maxclients 1000'),
    says: /max number of clients reached/,
  },
  {
    state: 'wants a password',
    login: '',
    enter: (_, line) => line.say('CONFIG SET requirepass another').then(() => dropClients(line)),
    leave: (_, line) => line.say('CONFIG SET requirepass ""'),
    says: /NOAUTH Authentication required/,
  },
  {
    state: 'has no such user or password any more',
    login: 'user:secret@',
    enter: (_, line) => line.say('ACL SETUSER user resetpass >another').then(() => dropClients(line)),
    leave: (_, line) => line.say('ACL SETUSER user resetpass >secret'),
    says: /WRONGPASS invalid username-password pair or user is disabled/,
  },
  {
    state: 'is not there',
    login: '',
    enter: (redis) => redis.end('saved'),
    leave: (redis) => redis.start(),
    says: /connect ECONNREFUSED 127\.0\.0\.1:\d+/,
  },
]
