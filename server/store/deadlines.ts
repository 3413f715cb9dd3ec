// The sorted set from which live sessions are counted. It lives apart from the sessions, as a cluster demands, and an
// entry is a help, never a condition: whatever goes wrong with it, the call it belongs to goes on.
import { z } from 'zod'
import { COUNT_DEADLINES_LUA, NOTE_DEADLINE_LUA } from './deadlines.lua.ts'
import { DEADLINES_KEY } from './keys.ts'
import { type RedisConnection, script, type Use } from './redis.ts'

const NOTE = script(NOTE_DEADLINE_LUA)
const COUNT = script(COUNT_DEADLINES_LUA)

export class Deadlines {
  readonly #redis: RedisConnection

  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  /** Sent before the write it announces, so that a crash between the two counts one session too many, never too few. */
  note(session: string, ttl: number, use: Use): void {
    this.#note(session, ttl, 'always', use).catch(() => {})
  }

  /** Moves an entry that is there. Resolves to false where surely none is. */
  async noteKnown(session: string, ttl: number, use: Use): Promise<boolean> {
    return (await this.#note(session, ttl, 'known', use).catch(() => 1)) !== 0
  }

  forget(session: string, use: Use): void {
    this.#redis.removeMember(DEADLINES_KEY, session, use).catch(() => {})
  }

  async count(use: Use): Promise<number> {
    return z.number().parse(await this.#redis.run(COUNT, DEADLINES_KEY, [], use))
  }

  #note(session: string, ttl: number, when: 'always' | 'known', use: Use): Promise<unknown> {
    return this.#redis.run(NOTE, DEADLINES_KEY, [session, ttl, when], use)
  }
}
