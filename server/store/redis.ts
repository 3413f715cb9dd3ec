// The one file that knows ioredis. It holds the connection, and says of each command that failed whether it may have
// been executed: ioredis as it comes sends an unanswered script again, and so runs it twice.
import { createHash } from 'node:crypto'
import { type RedisOptions as IoredisOptions, Redis, ReplyError } from 'ioredis'
import type { Deadline } from './deadline.ts'
import { LATE, NOT_CONNECTED, storeError, unavailable, worded } from './redis-errors.ts'

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
  /** Why the last attempt to connect failed; it stands in the message of each call until one succeeds. */
  #reason: string | undefined
  #endFirstAttempt = () => {}

  constructor({ url, deadlineMs, redis, onError }: RedisConnectionOptions) {
    this.#redis = new Redis(url ?? 'redis://127.0.0.1:6379', { ...safeOptions(deadlineMs), ...redis })
    // Without a listener ioredis prints to the console.
    this.#redis.on('error', (error: Error) => {
      this.#reason = worded(error)
      // Not the error itself: ioredis hangs the command on it, and that of a refused login is the password.
      onError?.(new Error(this.#reason))
    })
    this.#redis.on('ready', () => {
      this.#reason = undefined
    })
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
    if (this.#redis.status !== 'ready') await use.deadline.within(this.#firstAttempt, () => unavailable(LATE))
    if (this.#redis.status !== 'ready') throw unavailable(this.#whyNotReady())
    // What would be sent now might be executed, and nobody would wait for its answer.
    if (use.deadline.passed) throw unavailable(LATE)
    try {
      return await use.deadline.within(command(), () => new Error(LATE))
    } catch (error) {
      throw storeError(error, { effect: use.effect, from: error instanceof ReplyError ? 'Redis' : 'ioredis' })
    }
  }

  #whyNotReady(): string {
    const isConnected = this.#redis.status === 'connect'
    const state = isConnected ? 'Redis is not ready: it loads its data, or is silent' : NOT_CONNECTED
    return this.#reason === undefined ? state : `${state}; the last attempt ended with: ${this.#reason}`
  }
}
