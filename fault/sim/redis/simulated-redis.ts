// A Redis without process, socket, timer or clock: it answers bytes with bytes at once, and is told the time. What the
// network does to those bytes, and when they arrive, is for its owner to say.

import { type Refusal, Server } from './server.ts'
import { RedisSession } from './session.ts'

export interface SimulatedRedisOptions {
  /** Milliseconds since 1970, fractions allowed; only the owner moves it. */
  readonly now: () => number
  /**
   * Told, in upper case, of a command that Redis has and its simulation has not, beside the error that whoever sent it is
   * answered: they may make nothing of that. Of Lua's functions it is told as well, by their names: `cjson`.
   */
  readonly onNotSimulated?: (command: string) => void
}

export class SimulatedRedis {
  readonly #server: Server
  readonly #sessions = new Set<RedisSession>()

  constructor({ now, onNotSimulated = () => {} }: SimulatedRedisOptions) {
    this.#server = new Server(now, (name) => onNotSimulated(name))
  }

  /** A client's connection. */
  connect(): RedisSession {
    const session: RedisSession = new RedisSession(this.#server, () => this.#sessions.delete(session))
    this.#sessions.add(session)
    return session
  }

  /** Refuses what takes memory (`full`), or every write, until that is lifted; a restart does not lift it. */
  refuse(refusal: Refusal, switched: 'on' | 'off'): void {
    if (switched === 'on') this.#server.refusals.add(refusal)
    else this.#server.refusals.delete(refusal)
  }

  /** Every connection of before is dead, and every script forgotten. */
  restart(data: 'kept' | 'lost'): void {
    for (const session of [...this.#sessions]) session.close()
    this.#server.scripts.clear()
    if (data === 'lost') this.empty()
  }

  /** Tells of each command that writes a value of a session, with its id, when the request that sent it is done. */
  watchWrites(listener: (sessionId: string) => void): () => void {
    const watcher = (sessionId: string) => listener(sessionId)
    this.#server.watchers.add(watcher)
    return () => this.#server.watchers.delete(watcher)
  }

  empty(): void {
    for (const database of this.#server.databases) database.clear()
  }
}
