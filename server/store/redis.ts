// The one file that knows ioredis. It holds the connection, and says of each command that failed whether it may have
// been executed: ioredis as it comes sends an unanswered script again, and so runs it twice.
import { createHash } from 'node:crypto'
import { type RedisOptions as IoredisOptions, Redis, ReplyError } from 'ioredis'
import { StoreError } from './contract.ts'
import type { Deadline } from './deadline.ts'

/** What ioredis takes, but for the shape of its replies, which the store reads. */
export type RedisOptions = Omit<IoredisOptions, 'replyMapping'>

/** A Lua script, and the name under which Redis may already hold it. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/** What a command is part of: until when it may take, and whether it changes anything when it is executed. */
export interface Use {
  readonly deadline: Deadline
  readonly effect: 'none' | 'write'
}

// Redis answers with these before a script's first write; older versions put them inside an "ERR Error running script".
const REFUSALS =
  /(?:^|-)(?:OOM|READONLY|LOADING|NOSCRIPT|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|MISCONF|MASTERDOWN|NOREPLICAS|NOAUTH|NOPERM|WRONGPASS|BUSY) /

const NOT_SENT = "Stream isn't writeable"

/** The options without which a command whose reply was lost is sent again, or never ends. */
function safeOptions(deadlineMs: number): RedisOptions {
  return {
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    commandTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    connectTimeout: deadlineMs,
    disconnectTimeout: 200,
    maxLoadingRetryTime: 200,
    // Back within a quarter of a second of Redis itself; the default waits up to five.
    retryStrategy: (times) => Math.min(50 * times, 250),
    disableClientInfo: true,
    protocol: 2,
  }
}

export interface RedisConnectionOptions {
  readonly url: string | undefined
  readonly deadlineMs: number
  readonly redis: RedisOptions | undefined
  readonly onError: ((error: Error) => void) | undefined
}

export class RedisConnection {
  readonly #redis: Redis
  readonly #firstAttempt: Promise<void>
  #endFirstAttempt = () => {}

  constructor({ url, deadlineMs, redis, onError }: RedisConnectionOptions) {
    this.#redis = new Redis(url ?? 'redis://127.0.0.1:6379', { ...safeOptions(deadlineMs), ...redis })
    // Without a listener ioredis prints to the console.
    this.#redis.on('error', (error: Error) => onError?.(error))
    this.#firstAttempt = new Promise((resolve) => {
      this.#endFirstAttempt = resolve
      this.#redis.once('ready', resolve)
      this.#redis.once('close', resolve)
    })
  }

  /** Runs a script on the one key it touches. */
  run(script: Script, key: string, args: readonly (string | number)[], use: Use): Promise<unknown> {
    return this.#send(use, async () => {
      try {
        return await this.#redis.evalsha(script.sha, 1, key, ...args)
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        // Surely not executed, so it may be sent again: now with its text.
        return await this.#redis.eval(script.lua, 1, key, ...args)
      }
    })
  }

  /** The whole hash at one moment. */
  hash(key: string, use: Use): Promise<Record<string, string>> {
    return this.#send(use, () => this.#redis.hgetall(key))
  }

  fields(key: string, use: Use): Promise<string[]> {
    return this.#send(use, () => this.#redis.hkeys(key))
  }

  async removeMember(key: string, member: string, use: Use): Promise<void> {
    await this.#send(use, () => this.#redis.zrem(key, member))
  }

  async ping(use: Use): Promise<void> {
    await this.#send(use, () => this.#redis.ping())
  }

  close(): void {
    this.#redis.disconnect()
    this.#endFirstAttempt()
  }

  async #send<T>(use: Use, command: () => Promise<T>): Promise<T> {
    // Only a connection that was never up is waited for: one that is lost fails its calls at once.
    await use.deadline.within(this.#firstAttempt, () => unavailable('Redis did not answer in time'))
    if (this.#redis.status !== 'ready') throw unavailable('There is no connection to Redis')
    try {
      return await use.deadline.within(command(), () => new Error('Redis did not answer in time'))
    } catch (error) {
      throw storeError(error, use)
    }
  }
}

function unavailable(message: string, cause?: unknown): StoreError {
  return new StoreError('store_unavailable', message, { cause })
}

function storeError(error: unknown, use: Use): StoreError {
  const message = error instanceof Error ? error.message : String(error)
  const refused = error instanceof ReplyError && REFUSALS.test(message)
  if (use.effect === 'none' || refused || message.startsWith(NOT_SENT)) return unavailable(message, error)
  return new StoreError('store_unknown', message, { cause: error })
}
