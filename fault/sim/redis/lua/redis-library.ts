// The table `redis` that scripts see: commands, and what makes replies.
import type { LuaFunction, LuaState } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { error, type Reply } from '../reply.ts'
import { VERSION } from '../version.ts'
import { fromBytes, pushText, toBytes } from './bytes.ts'
import { pushReply } from './convert.ts'
import { auxiliary, lua } from './fengari.ts'
import { numberText } from './numbers.ts'
import { sumOf } from './sum.ts'

const NO_COMMAND = error('ERR Please specify at least one argument for this redis lib call')
const BAD_ARGUMENT = error('ERR Lua redis lib command arguments must be strings or integers')
const BAD_CALL = error('ERR wrong number or type of arguments')
const BAD_COUNT = error('ERR wrong number of arguments')

type Execute = (args: readonly string[]) => Reply

/** The words of a command; undefined where one is neither text nor number. */
function words(L: LuaState): readonly string[] | undefined {
  const found: string[] = []
  for (let at = 1; at <= lua.lua_gettop(L); at++) {
    const type = lua.lua_type(L, at)
    if (type === lua.LUA_TNUMBER) found.push(numberText(lua.lua_tonumber(L, at), 17))
    else if (type === lua.LUA_TSTRING) found.push(fromBytes(lua.lua_tolstring(L, at) ?? new Uint8Array()))
    else return undefined
  }
  return found
}

function command(execute: Execute, failures: 'are raised' | 'are returned'): LuaFunction {
  return (L) => {
    const args = words(L)
    const reply = args === undefined ? BAD_ARGUMENT : args.length === 0 ? NO_COMMAND : execute(args)
    pushReply(L, reply)
    return reply.kind === 'error' && failures === 'are raised' ? lua.lua_error(L) : 1
  }
}

/** A reply of one text, made of the text that is given. */
function made(make: (text: string) => Reply): LuaFunction {
  return (L) => {
    const isText = lua.lua_gettop(L) === 1 && lua.lua_type(L, 1) === lua.LUA_TSTRING
    pushReply(L, isText ? make(fromBytes(lua.lua_tolstring(L, 1) ?? new Uint8Array())) : BAD_CALL)
    return 1
  }
}

/** Every error has a code before its first blank; ERR, where none is given. */
function coded(text: string): Reply {
  const plain = toFirstZero(text).replace(/^-/, '')
  return error((plain.includes(' ') ? plain : `ERR ${plain}`).replace(/[\r\n]+$/, ''))
}

function sum(L: LuaState): number {
  if (lua.lua_gettop(L) !== 1) {
    pushReply(L, BAD_COUNT)
    return lua.lua_error(L)
  }
  pushText(L, sumOf(fromBytes(lua.lua_tolstring(L, 1) ?? new Uint8Array())))
  return 1
}

function setProtocol(L: LuaState): number {
  if (lua.lua_tonumber(L, 1) === 2) return 0
  return auxiliary.luaL_error(L, toBytes('the simulated Redis gives scripts replies of the second protocol only'))
}

export function redisLibrary(execute: Execute): Readonly<Record<string, LuaFunction | number | string>> {
  return {
    LOG_DEBUG: 0,
    LOG_VERBOSE: 1,
    LOG_NOTICE: 2,
    LOG_WARNING: 3,
    REDIS_VERSION: VERSION,
    call: command(execute, 'are raised'),
    pcall: command(execute, 'are returned'),
    error_reply: made(coded),
    status_reply: made((text) => ({ kind: 'status', text })),
    sha1hex: sum,
    log: () => 0,
    setresp: setProtocol,
  }
}
