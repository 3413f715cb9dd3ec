// Finds the command that is asked for and runs it, or says why not: in Redis' words, which differ for clients and scripts.
import type { Call, Command, ConnectionState, ScriptCommands } from './command.ts'
import { COMMANDS } from './commands/all.ts'
import type { Keyspace } from './keyspace.ts'
import { error, type Reply } from './reply.ts'
import type { Server } from './server.ts'
import { fullName, notSimulated, unknown } from './unknown-command.ts'

const FULL = error("OOM command not allowed when used memory > 'maxmemory'.")
const READ_ONLY = error("READONLY You can't write against a read only replica.")
const UNKNOWN_TO_SCRIPTS = error('ERR Unknown Redis command called from script')
const WRONG_COUNT_IN_SCRIPT = error('ERR Wrong number of args calling Redis command from script')
const NOT_FOR_SCRIPTS = error('ERR This Redis command is not allowed from script')

/** Executes what a client has sent. */
export function execute(args: readonly string[], server: Server, connection: ConnectionState): Reply {
  const command = find(args)
  if (command === undefined) return notSimulated(args, server) ?? unknown(args)
  if (!takes(command, args)) return error(`ERR wrong number of arguments for '${fullName(args)}' command`)
  return (
    refusal(command, server, 'nothing yet') ??
    command.run(new CommandCall(args, server, connection, server.microseconds()))
  )
}

function find(args: readonly string[]): Command | undefined {
  const name = args[0] ?? ''
  // As they are mostly spelt.
  const entry = COMMANDS.get(name) ?? COMMANDS.get(name.toUpperCase())
  return entry instanceof Map ? entry.get(args[1]?.toUpperCase() ?? '') : entry
}

function takes({ words }: Command, args: readonly string[]): boolean {
  return words < 0 ? args.length >= -words : args.length === words
}

/** A replica does not look at its memory, and a script that has begun to write may go on. */
function refusal(command: Command, server: Server, written: 'nothing yet' | 'something'): Reply | undefined {
  if (command.effect === 'reads' || server.refusals.size === 0) return undefined
  if (server.refusals.has('read-only')) return READ_ONLY
  return command.effect === 'grows' && server.refusals.has('full') && written === 'nothing yet' ? FULL : undefined
}

class CommandCall implements Call {
  readonly args: readonly string[]
  readonly server: Server
  readonly connection: ConnectionState
  readonly keys: Keyspace
  readonly database: number
  readonly microseconds: number
  readonly now: number

  constructor(args: readonly string[], server: Server, connection: ConnectionState, microseconds: number) {
    this.args = args
    this.server = server
    this.connection = connection
    this.keys = server.database(connection.database)
    this.database = connection.database
    this.microseconds = microseconds
    this.now = Math.floor(microseconds / 1000)
  }

  beginScript(): ScriptCommands {
    return new CommandsOfScript(this)
  }
}

/** At one moment, on a connection of its own, so that SELECT ends with it. */
class CommandsOfScript implements ScriptCommands {
  readonly #server: Server
  readonly #connection: ConnectionState
  readonly #microseconds: number
  #written: 'nothing yet' | 'something' = 'nothing yet'

  constructor({ server, connection, microseconds }: Call) {
    this.#server = server
    this.#connection = { ...connection }
    this.#microseconds = microseconds
  }

  execute(args: readonly string[]): Reply {
    const command = find(args)
    if (command === undefined) return notSimulated(args, this.#server) ?? UNKNOWN_TO_SCRIPTS
    if (command.scripts === 'may not call it') return NOT_FOR_SCRIPTS
    if (!takes(command, args)) return WRONG_COUNT_IN_SCRIPT
    const refused = refusal(command, this.#server, this.#written)
    if (refused !== undefined) return refused
    if (command.effect !== 'reads') this.#written = 'something'
    return command.run(new CommandCall(args, this.#server, this.#connection, this.#microseconds))
  }

  notSimulated(name: string): void {
    this.#server.notSimulated(name)
  }
}
