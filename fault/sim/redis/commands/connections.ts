// The commands by which a connection introduces itself.
import { administers, type Call, type Entry, reads, toldApart, word } from '../command.ts'
import { parseInteger } from '../number-text.ts'
import { array, bulk, bulkOrNull, error, integer, NOT_AN_INTEGER, OK, type Reply } from '../reply.ts'
import { VERSION } from '../version.ts'

const WRONG_PASSWORD = error('WRONGPASS invalid username-password pair or user is disabled.')
const NO_PASSWORD = error(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
)
const BAD_NAME = error('ERR Client names cannot contain spaces, newlines or special characters.')

/** Nobody needs a password here: the default user logs in by any, as in a Redis that was given none. */
function logIn(user: string): Reply {
  return user === 'default' ? OK : WRONG_PASSWORD
}

function authenticate(call: Call): Reply {
  if (call.args.length > 3) return error('ERR syntax error')
  return call.args.length === 2 ? NO_PASSWORD : logIn(word(call, 1))
}

function setName(call: Call, name: string): Reply {
  if (/[^!-~]/.test(name)) return BAD_NAME
  call.connection.name = name
  return OK
}

function hello(call: Call): Reply {
  const [, version, ...options] = call.args
  const protocol = version === undefined ? call.connection.protocol : parseInteger(version)
  if (protocol === undefined) return error('ERR Protocol version is not an integer or out of range')
  if (protocol !== 2 && protocol !== 3) return error('NOPROTO unsupported protocol version')
  const failed = chosen(call, options)
  if (failed !== undefined) return failed
  call.connection.protocol = protocol
  return introduction(call)
}

/** The error of the first option that is none. */
function chosen(call: Call, options: readonly string[]): Reply | undefined {
  for (let at = 0; at < options.length; ) {
    const [option = '', first, second] = options.slice(at)
    const isLogin = option.toUpperCase() === 'AUTH' && second !== undefined
    const isName = option.toUpperCase() === 'SETNAME' && first !== undefined
    if (!isLogin && !isName) return error(`ERR Syntax error in HELLO option '${option}'`)
    const done = isLogin ? logIn(first ?? '') : setName(call, first ?? '')
    if (done.kind === 'error') return done
    at += isLogin ? 3 : 2
  }
  return undefined
}

function introduction(call: Call): Reply {
  const facts: readonly (readonly [string, Reply])[] = [
    ['server', bulk('redis')],
    ['version', bulk(VERSION)],
    ['proto', integer(call.connection.protocol)],
    ['id', integer(call.connection.id)],
    ['mode', bulk('standalone')],
    ['role', bulk(call.server.refusals.has('read-only') ? 'replica' : 'master')],
    ['modules', array([])],
  ]
  return { kind: 'map', pairs: facts.map(([name, value]) => [bulk(name), value] as const) }
}

function select(call: Call): Reply {
  const index = parseInteger(word(call, 1))
  if (index === undefined) return NOT_AN_INTEGER
  if (index < 0 || index >= call.server.databases.length) return error('ERR DB index is out of range')
  call.connection.database = Number(index)
  return OK
}

export const CONNECTIONS: Readonly<Record<string, Entry>> = {
  HELLO: administers(-1, hello),
  AUTH: administers(-2, authenticate),
  SELECT: reads(2, select),
  PING: reads(-1, (call) => {
    if (call.args.length > 2) return error("ERR wrong number of arguments for 'ping' command")
    return call.args.length === 1 ? { kind: 'status', text: 'PONG' } : bulk(word(call, 1))
  }),
  QUIT: administers(-1, (call) => {
    call.connection.isLeaving = true
    return OK
  }),
  ECHO: reads(2, (call) => bulk(word(call, 1))),
  CLIENT: toldApart({
    ID: administers(2, (call) => integer(call.connection.id)),
    GETNAME: administers(2, (call) => bulkOrNull(call.connection.name === '' ? undefined : call.connection.name)),
    SETNAME: administers(3, (call) => setName(call, word(call, 2))),
  }),
}
