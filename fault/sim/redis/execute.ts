// Finds the command that is asked for and runs it, or says why not: in Redis' words, which differ for clients and scripts.
import { toFirstZero } from './c-text.ts'
import type { Call, Command, ConnectionState } from './command.ts'
import { COMMANDS, NOT_SIMULATED } from './commands/all.ts'
import { error, type Reply } from './reply.ts'
import type { Server } from './server.ts'

const FULL = error("OOM command not allowed when used memory > 'maxmemory'.")
const READ_ONLY = error("READONLY You can't write against a read only replica.")
const UNKNOWN_TO_SCRIPTS = error('ERR Unknown Redis command called from script')
const WRONG_COUNT_IN_SCRIPT = error('ERR Wrong number of args calling Redis command from script')
const NOT_FOR_SCRIPTS = error('ERR This Redis command is not allowed from script')
/** Of the words after an unknown command so many characters are repeated. */
const REPEATED = 128

type Found = { readonly kind: 'found'; readonly name: string; readonly command: Command }

/** Executes what a client has sent. */
export function execute(args: readonly string[], server: Server, connection: ConnectionState): Reply {
  const found = find(args)
  if (found.kind !== 'found') return found
  if (!takes(found.command, args)) return error(`ERR wrong number of arguments for '${found.name}' command`)
  const refused = refusal(found.command, server, 'nothing yet')
  return refused ?? found.command.run(callOf(args, server, connection, server.microseconds()))
}

function find(args: readonly string[]): Found | Extract<Reply, { kind: 'error' }> {
  const name = args[0] ?? ''
  const entry = COMMANDS.get(name.toUpperCase())
  if (entry === undefined) return unknown(name, args.slice(1))
  const lower = name.toLowerCase()
  if (!('subcommands' in entry)) return { kind: 'found', name: lower, command: entry }
  const second = args[1]
  if (second === undefined) return { kind: 'error', message: `ERR wrong number of arguments for '${lower}' command` }
  const command = Object.hasOwn(entry.subcommands, second.toUpperCase())
    ? entry.subcommands[second.toUpperCase()]
    : undefined
  if (command !== undefined) return { kind: 'found', name: `${lower}|${second.toLowerCase()}`, command }
  const message = `ERR unknown subcommand '${toFirstZero(second.slice(0, REPEATED))}'. Try ${name.toUpperCase()} HELP.`
  return { kind: 'error', message }
}

function unknown(name: string, rest: readonly string[]): Extract<Reply, { kind: 'error' }> {
  if (NOT_SIMULATED.has(name.toUpperCase())) {
    return { kind: 'error', message: `ERR the simulated Redis has no '${name.toLowerCase()}' command` }
  }
  let repeated = ''
  for (const word of rest) {
    if (repeated.length >= REPEATED) break
    repeated += `'${toFirstZero(word.slice(0, REPEATED - repeated.length))}' `
  }
  const message = `ERR unknown command '${toFirstZero(name.slice(0, REPEATED))}', with args beginning with: ${repeated}`
  return { kind: 'error', message }
}

function takes({ words }: Command, args: readonly string[]): boolean {
  return words < 0 ? args.length >= -words : args.length === words
}

/** A replica does not look at its memory, and a script that has begun to write may go on. */
function refusal(command: Command, server: Server, written: 'nothing yet' | 'something'): Reply | undefined {
  if (command.effect === 'reads') return undefined
  if (server.refusals.has('read-only')) return READ_ONLY
  return command.effect === 'grows' && server.refusals.has('full') && written === 'nothing yet' ? FULL : undefined
}

function callOf(args: readonly string[], server: Server, connection: ConnectionState, microseconds: number): Call {
  return {
    args,
    server,
    connection,
    keys: server.database(connection.database),
    database: connection.database,
    microseconds,
    now: Math.floor(microseconds / 1000),
    beginScript: () => beginScript(server, { ...connection }, microseconds),
  }
}

/** A script's commands: at one moment, on a connection of its own, so that SELECT ends with it. */
function beginScript(
  server: Server,
  connection: ConnectionState,
  microseconds: number,
): (args: readonly string[]) => Reply {
  let written: 'nothing yet' | 'something' = 'nothing yet'
  return (args) => {
    const found = find(args)
    if (found.kind !== 'found') return NOT_SIMULATED.has((args[0] ?? '').toUpperCase()) ? found : UNKNOWN_TO_SCRIPTS
    const { command } = found
    if (command.scripts === 'may not call it') return NOT_FOR_SCRIPTS
    if (!takes(command, args)) return WRONG_COUNT_IN_SCRIPT
    const refused = refusal(command, server, written)
    if (refused !== undefined) return refused
    if (command.effect !== 'reads') written = 'something'
    return command.run(callOf(args, server, connection, microseconds))
  }
}
