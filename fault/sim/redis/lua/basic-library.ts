// The functions of Lua 5.1's basic library that 5.3 does otherwise, or no longer has, and those that Redis replaces.
import type { LuaFunction, LuaState } from 'fengari'
import { fromBytes, toBytes } from './bytes.ts'
import { auxiliary, lua, objects } from './fengari.ts'
import { setMetatable } from './read-only.ts'
import { pushText, stringOf } from './texts.ts'
import { textAt } from './values.ts'
import { wordsOfLua51 } from './wording.ts'

const ERR = toBytes('err')

/** Redis' own: of an error that is a table only the text comes back. */
function protectedCall(L: LuaState): number {
  const args = lua.lua_gettop(L)
  checkAny(L)
  if (lua.lua_pcall(L, args - 1, lua.LUA_MULTRET, 0) === lua.LUA_OK) {
    lua.lua_pushboolean(L, true)
    lua.lua_insert(L, 1)
    return lua.lua_gettop(L)
  }
  if (lua.lua_type(L, -1) === lua.LUA_TTABLE) {
    if (lua.lua_getfield(L, -1, ERR) === lua.LUA_TSTRING) lua.lua_replace(L, -2)
    else lua.lua_pop(L, 1)
  } else reword(L)
  lua.lua_pushboolean(L, false)
  lua.lua_insert(L, -2)
  return 2
}

/** The message on top of the stack in the words of Lua 5.1. */
function reword(L: LuaState): void {
  const message = textAt(L, lua.lua_gettop(L))
  if (message === undefined) return
  lua.lua_pop(L, 1)
  pushText(L, wordsOfLua51(message))
}

function raise(L: LuaState): number {
  const level = lua.lua_type(L, 2) === lua.LUA_TNUMBER ? lua.lua_tonumber(L, 2) : 1
  lua.lua_settop(L, 1)
  const type = lua.lua_type(L, 1)
  if ((type === lua.LUA_TSTRING || type === lua.LUA_TNUMBER) && level > 0) {
    auxiliary.luaL_where(L, level)
    lua.lua_insert(L, 1)
    lua.lua_concat(L, 2)
  }
  return lua.lua_error(L)
}

function checkAny(L: LuaState): void {
  if (lua.lua_gettop(L) === 0) auxiliary.luaL_argerror(L, 1, toBytes('value expected'))
}

function assertTrue(L: LuaState): number {
  checkAny(L)
  if (lua.lua_toboolean(L, 1)) return lua.lua_gettop(L)
  const isGiven = lua.lua_type(L, 2) > lua.LUA_TNIL
  const message = isGiven ? auxiliary.luaL_checkstring(L, 2) : toBytes('assertion failed!')
  return auxiliary.luaL_error(L, toBytes('%s'), message)
}

function toText(L: LuaState): number {
  checkAny(L)
  if (lua.lua_type(L, 1) === lua.LUA_TNUMBER) {
    lua.lua_settop(L, 1)
    lua.lua_tolstring(L, 1)
  } else auxiliary.luaL_tolstring(L, 1)
  return 1
}

function toNumber(L: LuaState): number {
  const base = lua.lua_gettop(L) < 2 ? 10 : auxiliary.luaL_checkinteger(L, 2)
  const type = lua.lua_type(L, 1)
  if (base === 10) {
    checkAny(L)
    const value = type === lua.LUA_TNUMBER || type === lua.LUA_TSTRING ? lua.lua_tonumberx(L, 1) : false
    if (value === false) lua.lua_pushnil(L)
    else lua.lua_pushnumber(L, value)
    return 1
  }
  const digits = fromBytes(auxiliary.luaL_checkstring(L, 1)).trim().toLowerCase()
  const value = base < 2 || base > 36 ? undefined : inBase(digits, base)
  if (value === undefined) lua.lua_pushnil(L)
  else lua.lua_pushnumber(L, value)
  return 1
}

function inBase(digits: string, base: number): number | undefined {
  const plain = base === 16 ? digits.replace(/^0x/, '') : digits
  if (plain === '') return undefined
  let value = 0
  for (const digit of plain) {
    const weight = Number.parseInt(digit, 36)
    if (Number.isNaN(weight) || weight >= base) return undefined
    value = value * base + weight
  }
  return value
}

const TYPES = ['nil', 'boolean', 'userdata', 'number', 'string', 'table', 'function', 'userdata', 'thread'].map(
  stringOf,
)

function typeName(L: LuaState): number {
  checkAny(L)
  const name = TYPES[lua.lua_type(L, 1)]
  if (name === undefined) throw new RangeError(`Lua has no type ${lua.lua_type(L, 1)}`)
  objects.pushsvalue2s(L, name)
  return 1
}

function loadText(L: LuaState): number {
  const text = auxiliary.luaL_checkstring(L, 1)
  const isNamed = lua.lua_type(L, 2) === lua.LUA_TSTRING
  const name = isNamed ? auxiliary.luaL_checkstring(L, 2) : text
  if (auxiliary.luaL_loadbuffer(L, text, text.length, name) === lua.LUA_OK) return 1
  lua.lua_pushnil(L)
  lua.lua_insert(L, -2)
  return 2
}

export const BASIC_LIBRARY: Readonly<Record<string, LuaFunction>> = {
  assert: assertTrue,
  error: raise,
  loadstring: loadText,
  pcall: protectedCall,
  setmetatable: setMetatable,
  tonumber: toNumber,
  tostring: toText,
  type: typeName,
}
