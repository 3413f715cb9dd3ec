// A direct connection to the stack's Redis, past every link: it sees each write as it happens and empties the store
// between traces. The server under test has its own client.
import { Redis } from 'ioredis'
import { type RedisNode, StackError } from './stack.ts'
import { within } from './until.ts'

/** Key space of session states, as the server's Redis store lays it out. */
const SESSION_PREFIX = 'mcp:session:'
const CHANNEL = '__keyspace@0__:'
/** Keys that time ends are not writes, and neither are deadlines that slide. */
const NOT_WRITES = new Set(['expire', 'expired', 'evicted', 'del', 'unlink'])

export class DirectRedis implements RedisNode {
  readonly url: string
  readonly #admin: Redis
  readonly #watchers = new Set<Redis>()

  constructor(url: string) {
    this.url = url
    this.#admin = this.#connection()
  }

  /** Resolves when Redis answers, rejects when it does not yet. */
  async answers(): Promise<void> {
    if (this.#admin.status !== 'ready') throw new StackError(`Redis at ${this.url} is not connected`)
    await this.#admin.ping()
  }

  async watchWrites(listener: (sessionId: string) => void, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const watcher = this.#connection()
    this.#watchers.add(watcher)
    signal.addEventListener('abort', () => this.#end(watcher), { once: true })
    watcher.on('pmessage', (_pattern: string, channel: string, event: string) => {
      if (!signal.aborted && !NOT_WRITES.has(event)) listener(channel.slice(CHANNEL.length + SESSION_PREFIX.length))
    })
    const ready = Promise.all([
      this.#admin.config('SET', 'notify-keyspace-events', 'KA'),
      watcher.psubscribe(`${CHANNEL}${SESSION_PREFIX}*`),
    ])
    try {
      await within(2_000, `Redis at ${this.url} did not let its writes be watched`, ready)
    } catch (cause) {
      this.#end(watcher)
      throw cause instanceof StackError ? cause : new StackError(`Redis at ${this.url} is gone`, { cause })
    }
  }

  async empty(): Promise<void> {
    await within(2_000, `Redis at ${this.url} did not answer FLUSHALL`, this.#admin.flushall())
  }

  close(): void {
    for (const watcher of this.#watchers) this.#end(watcher)
    this.#admin.disconnect()
  }

  #end(watcher: Redis): void {
    this.#watchers.delete(watcher)
    watcher.disconnect()
  }

  #connection(): Redis {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 10 })
    // Without a listener ioredis prints each refused connection; who waits learns of it by the wait's own limit.
    redis.on('error', () => undefined)
    return redis
  }
}
