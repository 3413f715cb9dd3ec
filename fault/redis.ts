// A direct connection to the stack's Redis, past every link: it sees each write as it happens, sets what Redis refuses
// and empties the store between traces. The server under test has its own client.
import { Redis } from 'ioredis'
import { StackError } from './stack.ts'
import { within } from './until.ts'

/** Key space of session states, as the server's Redis store lays it out. */
const SESSION_PREFIX = 'mcp:session:'
const CHANNEL = '__keyspace@0__:'
/** Keys that time ends are not writes, and neither are deadlines that slide. */
const NOT_WRITES = new Set(['expire', 'expired', 'evicted', 'del', 'unlink'])

/** What Redis is told to refuse. */
export type Refusal = 'full' | 'read-only'

/** One byte is less than any Redis uses; nothing listens on port 1. */
const SETTINGS = {
  full: { on: ['CONFIG', 'SET', 'maxmemory', '1'], off: ['CONFIG', 'SET', 'maxmemory', '0'] },
  'read-only': { on: ['REPLICAOF', '127.0.0.1', '1'], off: ['REPLICAOF', 'NO', 'ONE'] },
} as const satisfies Record<Refusal, unknown>

export class DirectRedis {
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

  async refuse(refusal: Refusal, switched: 'on' | 'off'): Promise<void> {
    const [command, ...args] = SETTINGS[refusal][switched]
    await within(2_000, `Redis at ${this.url} did not answer ${command}`, this.#admin.call(command, ...args))
  }

  /** Asks it to write its data down and end. Over a connection of its own: this one would ask again after a restart. */
  async shutDown(): Promise<void> {
    const once = new Redis(this.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    once.on('error', () => undefined)
    // Its answer is that the connection closes; whether it has ended is seen from its process.
    await once.call('SHUTDOWN', 'SAVE').catch(() => undefined)
    once.disconnect()
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
