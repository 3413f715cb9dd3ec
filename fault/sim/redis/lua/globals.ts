// What a script sees around it: Redis' list of globals, none of which can be changed, and nothing that is not there.
import type { LuaFunction, LuaState, LuaTable, TValue } from 'fengari'
import { BASIC_LIBRARY } from './basic-library.ts'
import { toBytes } from './bytes.ts'
import { definitions, lua, tables } from './fengari.ts'
import { lackingOf, missingGlobal, type Tell } from './not-simulated.ts'
import { makeReadOnly } from './read-only.ts'
import { STRING_LIBRARY } from './string-library.ts'
import { TABLE_LIBRARY, unpack } from './table-library.ts'
import { pushText, stringOf } from './texts.ts'
import { tableIn, topOf } from './values.ts'

type Library = Readonly<Record<string, LuaFunction | number | string>>

export interface Globals {
  readonly table: LuaTable
  /** Where the two of them lie that are new in each script. */
  readonly keys: TValue
  readonly args: TValue
}

/** What is taken from fengari as it is. */
const TAKEN = {
  '': ['getmetatable', 'ipairs', 'next', 'pairs', 'rawequal', 'rawget', 'rawset', 'select', 'xpcall'],
  string: ['byte', 'char', 'find', 'gmatch', 'gsub', 'len', 'lower', 'match', 'rep', 'reverse', 'upper'],
  table: ['concat', 'insert', 'remove', 'sort'],
  coroutine: ['create', 'resume', 'running', 'status', 'wrap', 'yield'],
  math: [],
  redis: [],
} as const

function fill(L: LuaState, library: Library): void {
  for (const [name, value] of Object.entries(library)) {
    if (typeof value === 'number') lua.lua_pushnumber(L, value)
    else if (typeof value === 'string') pushText(L, value)
    else lua.lua_pushcfunction(L, value)
    lua.lua_setfield(L, -2, toBytes(name))
  }
}

/** Takes functions from fengari's library of that name into the table on top of the stack. */
function take(L: LuaState, library: keyof typeof TAKEN): void {
  lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, definitions.LUA_RIDX_GLOBALS)
  if (library !== '') {
    lua.lua_getfield(L, -1, toBytes(library))
    lua.lua_remove(L, -2)
  }
  for (const name of TAKEN[library]) {
    lua.lua_getfield(L, -1, toBytes(name))
    lua.lua_setfield(L, -3, toBytes(name))
  }
  lua.lua_pop(L, 1)
}

function topTable(L: LuaState): LuaTable {
  const table = tableIn(topOf(L))
  if (table === undefined) throw new TypeError("No table lies on top of Lua's stack")
  return table
}

/** Into the table on top of the stack, read-only. */
function addLibrary(L: LuaState, name: Exclude<keyof typeof TAKEN, ''>, library: Library, tell: Tell): void {
  lua.lua_createtable(L, 0, 32)
  take(L, name)
  fill(L, { ...library, ...lackingOf(name, tell) })
  makeReadOnly(topTable(L))
  if (name === 'string') serveStrings(L)
  lua.lua_setfield(L, -2, toBytes(name))
}

/** Strings have the functions of the table on top of the stack as methods. */
function serveStrings(L: LuaState): void {
  pushText(L, '')
  lua.lua_getmetatable(L, -1)
  lua.lua_pushvalue(L, -3)
  lua.lua_setfield(L, -2, toBytes('__index'))
  makeReadOnly(topTable(L))
  lua.lua_pop(L, 2)
}

/** Of the globals, which lie on top of the stack. */
function guard(L: LuaState, tell: Tell): void {
  lua.lua_createtable(L, 0, 1)
  lua.lua_pushcfunction(L, missingGlobal(tell))
  lua.lua_setfield(L, -2, toBytes('__index'))
  makeReadOnly(topTable(L))
  lua.lua_setmetatable(L, -2)
  makeReadOnly(topTable(L))
}

export function installGlobals(
  L: LuaState,
  libraries: { readonly redis: Library; readonly math: Library },
  tell: Tell,
): Globals {
  lua.lua_createtable(L, 0, 64)
  take(L, '')
  fill(L, { ...BASIC_LIBRARY, unpack, _VERSION: 'Lua 5.1', KEYS: '', ARGV: '' })
  addLibrary(L, 'string', STRING_LIBRARY, tell)
  addLibrary(L, 'table', TABLE_LIBRARY, tell)
  addLibrary(L, 'coroutine', {}, tell)
  addLibrary(L, 'math', libraries.math, tell)
  addLibrary(L, 'redis', libraries.redis, tell)
  lua.lua_pushvalue(L, -1)
  lua.lua_setfield(L, -2, toBytes('_G'))
  guard(L, tell)
  const table = topTable(L)
  lua.lua_rawseti(L, lua.LUA_REGISTRYINDEX, definitions.LUA_RIDX_GLOBALS)
  const found = (name: string) => tables.luaH_getstr(table, stringOf(name))
  return { table, keys: found('KEYS'), args: found('ARGV') }
}
