// What Redis answers to a command that it does not know, and its simulation to one that Redis does know.
import { toFirstZero } from './c-text.ts'
import { COMMANDS } from './commands/all.ts'
import { NOT_SIMULATED } from './commands/not-simulated.ts'
import { error, type Reply } from './reply.ts'
import type { Server } from './server.ts'

/** Of each word so many characters are repeated, and of those after the command together. */
const REPEATED = 128

/** Undefined where a real Redis knows no such command either. */
export function notSimulated(args: readonly string[], server: Server): Reply | undefined {
  const [name = '', second = ''] = args.map((word) => word.toUpperCase())
  const asked = [name, `${name} ${second}`].find((each) => NOT_SIMULATED.has(each))
  if (asked === undefined) return undefined
  server.notSimulated(asked)
  return error(`ERR the simulated Redis has no '${asked.toLowerCase().replace(' ', '|')}' command`)
}

export function unknown(args: readonly string[]): Reply {
  const [name = '', ...rest] = args
  if (COMMANDS.has(name.toUpperCase())) return unknownSecond(args)
  let repeated = ''
  for (const word of rest) {
    if (repeated.length >= REPEATED) break
    repeated += `'${toFirstZero(word.slice(0, REPEATED - repeated.length))}' `
  }
  return error(`ERR unknown command '${toFirstZero(name.slice(0, REPEATED))}', with args beginning with: ${repeated}`)
}

/** Of a command that is told apart by its second word. */
function unknownSecond([name = '', second]: readonly string[]): Reply {
  if (second === undefined) return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  const repeated = toFirstZero(second.slice(0, REPEATED))
  return error(`ERR unknown subcommand '${repeated}'. Try ${name.toUpperCase()} HELP.`)
}

/** As Redis calls a command in its errors. */
export function fullName([name = '', second = '']: readonly string[]): string {
  const lower = name.toLowerCase()
  return COMMANDS.get(name.toUpperCase()) instanceof Map ? `${lower}|${second.toLowerCase()}` : lower
}
