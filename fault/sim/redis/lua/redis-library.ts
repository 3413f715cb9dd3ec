// The table `redis` that scripts see: commands, and what makes replies.
import type { LuaFunction, LuaState } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { error, type Reply } from '../reply.ts'
import { VERSION } from '../version.ts'
import { fromBytes } from './bytes.ts'
import { pushReply } from './convert.ts'
import { lua } from './fengari.ts'
import { refuse, type Tell } from './not-simulated.ts'
import { numberText } from './numbers.ts'
import { sumOf } from './sum.ts'
import { pushText } from './texts.ts'
import { textAt } from './values.ts'

const NO_COMMAND = error('ERR Please specify at least one argument for this redis lib call')
const BAD_ARGUMENT = error('ERR Lua redis lib command arguments must be strings or integers')
const BAD_CALL = error('ERR wrong number or type of arguments')
const BAD_COUNT = error('ERR wrong number of arguments')
const NO_PROTOCOL = error('ERR redis.setresp() requires one argument.')
const BAD_PROTOCOL = error('ERR RESP version must be 2 or 3.')

type Execute = (args: readonly string[]) => Reply

/** The words of a command; undefined where one is neither text nor number. */
function words(L: LuaState): readonly string[] | undefined {
  const found: string[] = []
  const count = lua.lua_gettop(L)
  for (let at = 1; at <= count; at++) {
    const text = textAt(L, at)
    if (text !== undefined) found.push(text)
    else if (lua.lua_type(L, at) === lua.LUA_TNUMBER) found.push(numberText(lua.lua_tonumber(L, at), 17))
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
    const text = lua.lua_gettop(L) === 1 ? textAt(L, 1) : undefined
    pushReply(L, text === undefined ? BAD_CALL : make(text))
    return 1
  }
}

/** Every error has a code before its first blank; ERR, where none is given. */
function coded(text: string): Reply {
  const plain = toFirstZero(text).replace(/^-/, '')
  return error((plain.includes(' ') ? plain : `ERR ${plain}`).replace(/[\r\n]+$/, ''))
}

function raise(L: LuaState, failure: Reply): number {
  pushReply(L, failure)
  return lua.lua_error(L)
}

function sum(L: LuaState): number {
  if (lua.lua_gettop(L) !== 1) return raise(L, BAD_COUNT)
  pushText(L, sumOf(fromBytes(lua.lua_tolstring(L, 1) ?? new Uint8Array())))
  return 1
}

function setProtocol(tell: Tell): LuaFunction {
  return (L) => {
    if (lua.lua_gettop(L) !== 1) return raise(L, NO_PROTOCOL)
    const protocol = Math.trunc(lua.lua_tonumber(L, 1))
    if (protocol === 2) return 0
    return protocol === 3 ? refuse(L, 'redis.setresp(3)', tell) : raise(L, BAD_PROTOCOL)
  }
}

export function redisLibrary(execute: Execute, tell: Tell): Readonly<Record<string, LuaFunction | number | string>> {
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
    setresp: setProtocol(tell),
  }
}
