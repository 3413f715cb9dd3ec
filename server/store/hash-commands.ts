// What can be done to a session's hash in one step, and the entry in the set of deadlines that goes before each write.
import { z } from 'zod'
import type { Deadline } from './deadline.ts'
import { Deadlines } from './deadlines.ts'
import { DELETE_LUA } from './delete.lua.ts'
import { isLive, readReply, type Snapshot, snapshot } from './hash.ts'
import { READ_LUA } from './read.lua.ts'
import { type RedisConnection, script } from './redis.ts'
import { WRITE_LUA } from './write.lua.ts'

const READ = script(READ_LUA)
const WRITE = script(WRITE_LUA)
const DELETE = script(DELETE_LUA)

/** Stands for whatever revision there is. */
export const ANY_REVISION = '*'

// Redis serves a key in the very millisecond of its deadline, and knows whole milliseconds only.
function lastMillisecond(ttl: number): number {
  return Math.floor(ttl) - 1
}

type Written = 'written' | 'changed meanwhile'
type Found = ReadonlyMap<string, string>

export class HashCommands {
  readonly #redis: RedisConnection
  readonly deadlines: Deadlines

  constructor(redis: RedisConnection) {
    this.#redis = redis
    this.deadlines = new Deadlines(redis)
  }

  /** Those fields at one moment, the absent left out. */
  async peek(session: string, fields: readonly string[], deadline: Deadline): Promise<Found> {
    const reply = await this.#redis.run(READ, session, ['', ...fields], { deadline, effect: 'none' })
    return found(fields, readReply.parse(reply))
  }

  /** The same, and a live session's deadline moves in the same step. */
  async use(session: string, fields: readonly string[], ttl: number, deadline: Deadline): Promise<Found> {
    const left = lastMillisecond(ttl)
    const known = this.deadlines.noteKnown(session, left, { deadline, effect: 'write' })
    const run = this.#redis.run(READ, session, [left, ...fields], { deadline, effect: 'write' })
    const reply = readReply.parse(await run)
    // An entry that could not be written when the session was is made up for at its next use.
    if (isLive(reply[0]) && !(await known)) this.deadlines.note(session, left, { deadline, effect: 'write' })
    return found(fields, reply)
  }

  async whole(session: string, deadline: Deadline): Promise<Snapshot> {
    return snapshot(await this.#redis.hash(session, { deadline, effect: 'none' }))
  }

  fieldNames(session: string, deadline: Deadline): Promise<string[]> {
    return this.#redis.fields(session, { deadline, effect: 'none' })
  }

  /** Writes pairs of field and text and moves the deadline, unless the revision is another than that expected. */
  write(
    session: string,
    expected: string,
    pairs: readonly string[],
    ttl: number,
    deadline: Deadline,
  ): Promise<Written> {
    const left = lastMillisecond(ttl)
    this.deadlines.note(session, left, { deadline, effect: 'write' })
    return this.#write(session, [expected, left, ...pairs], deadline)
  }

  /** Moves a live session's deadline, unless the revision is another than that expected. */
  slide(session: string, expected: string, ttl: number, deadline: Deadline): Promise<Written> {
    const left = lastMillisecond(ttl)
    void this.deadlines.noteKnown(session, left, { deadline, effect: 'write' })
    return this.#write(session, [expected, left], deadline)
  }

  async deleteField(session: string, field: string, ttl: number | undefined, deadline: Deadline): Promise<void> {
    const left = ttl === undefined ? '' : lastMillisecond(ttl)
    if (left !== '') void this.deadlines.noteKnown(session, left, { deadline, effect: 'write' })
    const values = await this.#redis.run(DELETE, session, [field, left], { deadline, effect: 'write' })
    if (values === '0') this.deadlines.forget(session, { deadline, effect: 'write' })
  }

  async #write(session: string, args: readonly (string | number)[], deadline: Deadline): Promise<Written> {
    const reply = await this.#redis.run(WRITE, session, args, { deadline, effect: 'write' })
    return z.number().parse(reply) === 1 ? 'written' : 'changed meanwhile'
  }
}

function found(fields: readonly string[], reply: readonly (string | null)[]): Found {
  const texts = new Map<string, string>()
  fields.forEach((field, index) => {
    const text = reply[index + 1]
    if (text !== null && text !== undefined) texts.set(field, text)
  })
  return texts
}
