// What a script sees around it: Redis' list of globals, none of which can be changed, and nothing that is not there.
import type { LuaFunction, LuaState } from 'fengari'
import { BASIC_LIBRARY } from './basic-library.ts'
import { fromBytes, pushText, toBytes } from './bytes.ts'
import { auxiliary, definitions, lua } from './fengari.ts'
import { format } from './format.ts'
import { TABLE_LIBRARY, unpack } from './table-library.ts'

type Library = Readonly<Record<string, LuaFunction | number | string>>

/** What is taken from fengari as it is. */
const TAKEN = {
  '': [
    'getmetatable',
    'ipairs',
    'next',
    'pairs',
    'rawequal',
    'rawget',
    'rawset',
    'select',
    'setmetatable',
    'type',
    'xpcall',
  ],
  string: ['byte', 'char', 'find', 'gmatch', 'gsub', 'len', 'lower', 'match', 'rep', 'reverse', 'sub', 'upper'],
  table: ['concat', 'insert', 'remove', 'sort'],
  coroutine: ['create', 'resume', 'running', 'status', 'wrap', 'yield'],
} as const

/** Redis has them, and a script that asks for one shall not hear that there is no such variable. */
const NOT_SIMULATED = new Set(['bit', 'cjson', 'cmsgpack', 'collectgarbage', 'gcinfo', 'load', 'struct'])

function missing(L: LuaState): number {
  const name = fromBytes(auxiliary.luaL_tolstring(L, 2))
  const message = NOT_SIMULATED.has(name)
    ? `the simulated Redis has no ${name}`
    : `Script attempted to access nonexistent global variable '${name}'`
  return auxiliary.luaL_error(L, toBytes('%s'), toBytes(message))
}

function readOnly(L: LuaState): number {
  return auxiliary.luaL_error(L, toBytes('Attempt to modify a readonly table'))
}

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

/** Replaces the table on top of the stack by one that reads the same and takes no writes. */
function protect(L: LuaState): void {
  lua.lua_createtable(L, 0, 0)
  lua.lua_createtable(L, 0, 2)
  lua.lua_pushvalue(L, -3)
  lua.lua_setfield(L, -2, toBytes('__index'))
  lua.lua_pushcfunction(L, readOnly)
  lua.lua_setfield(L, -2, toBytes('__newindex'))
  lua.lua_setmetatable(L, -2)
  lua.lua_remove(L, -2)
}

function addLibrary(L: LuaState, name: string, library: Library, taken?: 'string' | 'table' | 'coroutine'): void {
  lua.lua_createtable(L, 0, 32)
  if (taken !== undefined) take(L, taken)
  fill(L, library)
  protect(L)
  lua.lua_setfield(L, -2, toBytes(name))
}

/** Leaves on the stack the table behind the globals, into which KEYS and ARGV go, and makes its guard the globals. */
export function installGlobals(L: LuaState, libraries: { readonly redis: Library; readonly math: Library }): void {
  lua.lua_createtable(L, 0, 64)
  take(L, '')
  fill(L, { ...BASIC_LIBRARY, unpack })
  pushText(L, 'Lua 5.1')
  lua.lua_setfield(L, -2, toBytes('_VERSION'))
  addLibrary(L, 'string', { format }, 'string')
  addLibrary(L, 'table', TABLE_LIBRARY, 'table')
  addLibrary(L, 'coroutine', {}, 'coroutine')
  addLibrary(L, 'math', libraries.math)
  addLibrary(L, 'redis', libraries.redis)
  lua.lua_createtable(L, 0, 1)
  lua.lua_pushcfunction(L, missing)
  lua.lua_setfield(L, -2, toBytes('__index'))
  lua.lua_setmetatable(L, -2)
  lua.lua_pushvalue(L, -1)
  protect(L)
  lua.lua_pushvalue(L, -1)
  lua.lua_setfield(L, -3, toBytes('_G'))
  lua.lua_rawseti(L, lua.LUA_REGISTRYINDEX, definitions.LUA_RIDX_GLOBALS)
}
