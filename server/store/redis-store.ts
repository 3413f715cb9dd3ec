// Session state in Redis: one hash a session, changed by scripts that compare its revision. What takes more than a
// field is decided here and written back in one step, if nobody else wrote in between; else it is decided again.
import type { Clock } from '../../wire/clock.ts'
import type { Json } from '../../wire/json.ts'
import { systemClock } from '../system.ts'
import type { Change, Once, SessionStore, Slide, Write } from './contract.ts'
import { copyInto } from './copy.ts'
import { Deadline } from './deadline.ts'
import { parseRecords } from './hash.ts'
import { ANY_REVISION, HashCommands } from './hash-commands.ts'
import { parseField, REVISION_FIELD, recordsField, sessionKey, valueField } from './keys.ts'
import { keepReply, keptReply } from './records.ts'
import { RedisConnection, type RedisOptions } from './redis.ts'
import { Turns } from './turns.ts'

export interface RedisSessionStoreOptions {
  /** `redis://` or `rediss://`, with user and password where Redis asks for them. */
  readonly url?: string | undefined
  readonly clock?: Clock
  /** Time for one whole operation, in milliseconds; 2000. */
  readonly deadlineMs?: number
  /** Goes to ioredis over the store's own options: a `Connector` that dials otherwise, say. */
  readonly redis?: RedisOptions
  /** Told of each connection that fails. */
  readonly onError?: (error: Error) => void
}

/** A {@link SessionStore} in Redis 6.2 or newer, alone or a cluster's: whatever a script touches is one key. */
export class RedisSessionStore implements SessionStore {
  readonly #clock: Clock
  readonly #deadlineMs: number
  readonly #redis: RedisConnection
  readonly #hash: HashCommands
  readonly #turns = new Turns()

  constructor(options: RedisSessionStoreOptions = {}) {
    const { url, clock = systemClock, deadlineMs = 2000, redis, onError } = options
    this.#clock = clock
    this.#deadlineMs = deadlineMs
    this.#redis = new RedisConnection({ url, deadlineMs, redis, onError })
    this.#hash = new HashCommands(this.#redis)
  }

  async read(id: string, keys: readonly string[], { ttl }: Partial<Slide> = {}): Promise<Map<string, Json>> {
    const session = sessionKey(id)
    const fields = keys.map(valueField)
    const found =
      ttl === undefined
        ? await this.#hash.peek(session, fields, this.#deadline())
        : await this.#hash.use(session, fields, ttl, this.#deadline())
    const values = new Map<string, Json>()
    for (const key of keys) {
      const text = found.get(valueField(key))
      if (text !== undefined) values.set(key, JSON.parse(text))
    }
    return values
  }

  async keys(id: string): Promise<string[]> {
    const names = await this.#hash.fieldNames(sessionKey(id), this.#deadline())
    return names.map(parseField).flatMap((field) => (field.kind === 'value' ? [field.key] : []))
  }

  async set(id: string, key: string, value: Json, { ttl }: Slide): Promise<void> {
    const pairs = [valueField(key), JSON.stringify(value)]
    await this.#hash.write(sessionKey(id), ANY_REVISION, pairs, ttl, this.#deadline())
  }

  async delete(id: string, key: string, { ttl }: Partial<Slide> = {}): Promise<void> {
    await this.#hash.deleteField(sessionKey(id), valueField(key), ttl, this.#deadline())
  }

  update<Reply extends Json>(id: string, key: string, change: Change<Reply>, options: Write): Promise<Reply> {
    return this.#untilWritten(id, (session, deadline) => this.#update(session, key, change, options, deadline))
  }

  async recorded(id: string, once: Once): Promise<Json | undefined> {
    const field = recordsField(once.client)
    const found = await this.#hash.peek(sessionKey(id), [field], this.#deadline())
    const kept = keptReply(parseRecords(found.get(field)), once)
    return kept === undefined ? undefined : JSON.parse(kept)
  }

  copySession(from: string, to: string, options: Write): Promise<number> {
    const source = sessionKey(from)
    return this.#untilWritten(to, (target, deadline) => copyInto(this.#hash, source, target, options, deadline))
  }

  sessionCount(): Promise<number> {
    return this.#hash.deadlines.count({ deadline: this.#deadline(), effect: 'none' })
  }

  ping(): Promise<void> {
    return this.#redis.ping({ deadline: this.#deadline(), effect: 'none' })
  }

  async close(): Promise<void> {
    this.#redis.close()
  }

  #deadline(): Deadline {
    return new Deadline(this.#clock, this.#deadlineMs)
  }

  // In turn with this process's other updates of the session, again where another process wrote in between. The wait
  // needs no bound of its own: those before began earlier, and so have an earlier deadline.
  #untilWritten<T>(
    id: string,
    attempt: (session: string, deadline: Deadline) => Promise<{ readonly reply: T } | undefined>,
  ): Promise<T> {
    const session = sessionKey(id)
    const deadline = this.#deadline()
    return this.#turns.take(session, async () => {
      for (;;) {
        const done = await attempt(session, deadline)
        if (done !== undefined) return done.reply
      }
    })
  }

  async #update<Reply extends Json>(
    session: string,
    key: string,
    change: Change<Reply>,
    { ttl, once }: Write,
    deadline: Deadline,
  ): Promise<{ readonly reply: Reply } | undefined> {
    const field = valueField(key)
    const recordsOf = once && recordsField(once.client)
    const asked = recordsOf === undefined ? [REVISION_FIELD, field] : [REVISION_FIELD, field, recordsOf]
    const found = await this.#hash.peek(session, asked, deadline)
    const revision = found.get(REVISION_FIELD) ?? ''
    const records = recordsOf === undefined ? undefined : parseRecords(found.get(recordsOf))
    const kept = once && keptReply(records, once)
    if (kept !== undefined) {
      const reply: Reply = JSON.parse(kept)
      return (await this.#hash.slide(session, revision, ttl, deadline)) === 'written' ? { reply } : undefined
    }
    const text = found.get(field)
    const { value, reply } = change(text === undefined ? undefined : JSON.parse(text))
    const pairs = [field, JSON.stringify(value)]
    if (once && recordsOf) pairs.push(recordsOf, JSON.stringify(keepReply(records, once, JSON.stringify(reply))))
    return (await this.#hash.write(session, revision, pairs, ttl, deadline)) === 'written' ? { reply } : undefined
  }
}
