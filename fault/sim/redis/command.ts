// What a command of Redis is: how many words it takes, what it does to the data, who may send it, and its work.
import type { Keyspace } from './keyspace.ts'
import type { Reply } from './reply.ts'
import type { Server } from './server.ts'
import type { Protocol } from './write-reply.ts'

/** What a connection has chosen. */
export interface ConnectionState {
  readonly id: number
  protocol: Protocol
  database: number
  name: string
  /** After this reply it is closed. */
  isLeaving: boolean
}

/** One call of a command, from a client or from a script. */
export interface Call {
  readonly args: readonly string[]
  readonly server: Server
  readonly connection: ConnectionState
  readonly keys: Keyspace
  /** In which database that is. */
  readonly database: number
  /** Stands still inside a script. */
  readonly microseconds: number
  /** Whole milliseconds, as deadlines are kept. */
  readonly now: number
  beginScript(): ScriptCommands
}

/** What one run of a script can ask for. */
export interface ScriptCommands {
  execute(args: readonly string[]): Reply
  /** Tells of what Redis has for scripts and its simulation has not. */
  notSimulated(name: string): void
}

export interface Command {
  /** The words it takes, its name among them; less than zero where that many are the least. */
  readonly words: number
  /** `grows` takes memory, which a full Redis refuses; `writes` may be sent to a full one. */
  readonly effect: 'reads' | 'writes' | 'grows'
  readonly scripts: 'may call it' | 'may not call it'
  run(call: Call): Reply
}

/** A command, or commands under one name, told apart by their second word. */
export type Entry = Command | Map<string, Command>

type Run = (call: Call) => Reply

export function toldApart(commands: Readonly<Record<string, Command>>): Entry {
  return new Map(Object.entries(commands))
}

export function reads(words: number, run: Run): Command {
  return { words, effect: 'reads', scripts: 'may call it', run }
}

export function writes(words: number, run: Run): Command {
  return { words, effect: 'writes', scripts: 'may call it', run }
}

export function grows(words: number, run: Run): Command {
  return { words, effect: 'grows', scripts: 'may call it', run }
}

/** Of the connection or the server; no script may call it. */
export function administers(words: number, run: Run): Command {
  return { words, effect: 'reads', scripts: 'may not call it', run }
}

/** The word at an index; checked before by the number of words. */
export function word(call: Call, index: number): string {
  const found = call.args[index]
  if (found === undefined) throw new RangeError(`A command of ${call.args.length} words has no word ${index}`)
  return found
}
