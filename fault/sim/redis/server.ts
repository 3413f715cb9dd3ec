// What all connections to the simulated Redis share: the databases, what it refuses, the scripts it has been told, and
// who watches its writes.
import { Keyspace } from './keyspace.ts'

/** What Redis is told to refuse. */
export type Refusal = 'full' | 'read-only'

/** Key space of session states, as the server's Redis store lays it out. */
const SESSION_PREFIX = 'mcp:session:'
const DATABASES = 16

export class Server {
  readonly databases: readonly Keyspace[] = Array.from({ length: DATABASES }, () => new Keyspace())
  readonly refusals = new Set<Refusal>()
  /** Texts of the scripts that EVALSHA finds, by their sum. */
  readonly scripts = new Map<string, string>()
  readonly watchers = new Set<(sessionId: string) => void>()
  /** Told of what is asked for and not simulated. */
  readonly notSimulated: (name: string) => void
  readonly #now: () => number
  #written: string[] = []
  #connections = 0

  constructor(now: () => number, notSimulated: (name: string) => void) {
    this.#now = now
    this.notSimulated = notSimulated
  }

  /** Microseconds, as Redis counts time. */
  microseconds(): number {
    return Math.floor(this.#now() * 1000)
  }

  nextConnection(): number {
    this.#connections += 1
    return this.#connections
  }

  database(index: number): Keyspace {
    const database = this.databases[index]
    if (database === undefined) throw new RangeError(`There is no database ${index}; they count from 0 to 15`)
    return database
  }

  /** Of a value that a command has written: neither deadlines nor deletions of whole keys count. */
  written(database: number, key: string): void {
    if (this.watchers.size > 0 && database === 0 && key.startsWith(SESSION_PREFIX)) this.#written.push(key)
  }

  /** Tells of what was written since: a watcher hears of a script's writes when all of them are done. */
  tellWatchers(): void {
    if (this.#written.length === 0) return
    const sessions = this.#written.map((key) => Buffer.from(key, 'latin1').toString().slice(SESSION_PREFIX.length))
    this.#written = []
    for (const session of sessions) for (const listener of [...this.watchers]) listener(session)
  }
}
