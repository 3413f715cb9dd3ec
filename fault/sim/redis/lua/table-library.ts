// What Lua 5.1 has for tables and 5.3 has not.
import type { LuaFunction, LuaState } from 'fengari'
import { fromBytes, toBytes } from './bytes.ts'
import { auxiliary, lua } from './fengari.ts'

/** More would not fit Lua's stack. */
const MOST_RESULTS = 8000

function checkTable(L: LuaState): void {
  const type = lua.lua_type(L, 1)
  if (type === lua.LUA_TTABLE) return
  const name = type < lua.LUA_TNIL ? 'no value' : fromBytes(lua.lua_typename(L, type))
  auxiliary.luaL_argerror(L, 1, toBytes(`table expected, got ${name}`))
}

/** In 5.3 it is one of the library of tables. */
export function unpack(L: LuaState): number {
  checkTable(L)
  const from = index(L, 2) ?? 1
  const to = index(L, 3) ?? lua.lua_rawlen(L, 1)
  if (to - from >= MOST_RESULTS || !lua.lua_checkstack(L, Math.max(0, to - from + 1))) {
    return auxiliary.luaL_error(L, toBytes('too many results to unpack'))
  }
  for (let at = from; at <= to; at++) lua.lua_rawgeti(L, 1, at)
  return Math.max(0, to - from + 1)
}

function index(L: LuaState, argument: number): number | undefined {
  return lua.lua_type(L, argument) <= lua.LUA_TNIL ? undefined : Math.trunc(auxiliary.luaL_checknumber(L, argument))
}

function length(L: LuaState): number {
  checkTable(L)
  lua.lua_pushnumber(L, lua.lua_rawlen(L, 1))
  return 1
}

function highestIndex(L: LuaState): number {
  checkTable(L)
  let highest = 0
  lua.lua_pushnil(L)
  while (lua.lua_next(L, 1)) {
    lua.lua_pop(L, 1)
    if (lua.lua_type(L, -1) === lua.LUA_TNUMBER) highest = Math.max(highest, lua.lua_tonumber(L, -1))
  }
  lua.lua_pushnumber(L, highest)
  return 1
}

export const TABLE_LIBRARY: Readonly<Record<string, LuaFunction>> = { getn: length, maxn: highestIndex }
