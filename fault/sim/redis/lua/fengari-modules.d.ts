// The part of fengari that is used here, which brings no types: Lua's own interface to other languages. What is used
// beside it stands in fengari-internals.d.ts. Bytes of a Lua string are a Uint8Array.

declare module 'fengari' {
  export interface Activation {
    readonly source: Uint8Array | null
    /** -1 in a function that is no Lua. */
    readonly currentline: number
  }
}

declare module 'fengari/src/lua.js' {
  import type { Activation, LuaFunction, LuaState } from 'fengari'

  const lua: {
    readonly LUA_MINSTACK: number
    readonly LUA_OK: number
    readonly LUA_MULTRET: number
    readonly LUA_REGISTRYINDEX: number
    readonly LUA_TNIL: number
    readonly LUA_TNUMBER: number
    readonly LUA_TSTRING: number
    readonly LUA_TTABLE: number
    readonly lua_Debug: new () => Activation
    lua_checkstack(L: LuaState, size: number): boolean
    lua_concat(L: LuaState, count: number): void
    lua_createtable(L: LuaState, items: number, fields: number): void
    lua_error(L: LuaState): number
    lua_getfield(L: LuaState, index: number, name: Uint8Array): number
    lua_getinfo(L: LuaState, what: Uint8Array, activation: Activation): number
    lua_getmetatable(L: LuaState, index: number): boolean
    lua_getstack(L: LuaState, level: number, activation: Activation): number
    lua_gettop(L: LuaState): number
    lua_insert(L: LuaState, index: number): void
    lua_next(L: LuaState, index: number): number
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number
    lua_pop(L: LuaState, count: number): void
    lua_pushboolean(L: LuaState, value: boolean): void
    lua_pushcfunction(L: LuaState, value: LuaFunction): void
    lua_pushnil(L: LuaState): void
    lua_pushnumber(L: LuaState, value: number): void
    lua_pushvalue(L: LuaState, index: number): void
    lua_rawgeti(L: LuaState, index: number, key: number): number
    lua_rawlen(L: LuaState, index: number): number
    lua_rawseti(L: LuaState, index: number, key: number): void
    lua_remove(L: LuaState, index: number): void
    lua_replace(L: LuaState, index: number): void
    lua_setfield(L: LuaState, index: number, name: Uint8Array): void
    lua_setmetatable(L: LuaState, index: number): void
    lua_settop(L: LuaState, index: number): void
    lua_toboolean(L: LuaState, index: number): boolean
    lua_tolstring(L: LuaState, index: number): Uint8Array | null
    lua_tonumber(L: LuaState, index: number): number
    /** False where it is none. */
    lua_tonumberx(L: LuaState, index: number): number | false
    lua_type(L: LuaState, index: number): number
    lua_typename(L: LuaState, type: number): Uint8Array
  }
  export = lua
}

declare module 'fengari/src/defs.js' {
  const definitions: { readonly LUA_RIDX_GLOBALS: number }
  export = definitions
}

declare module 'fengari/src/lauxlib.js' {
  import type { LuaState } from 'fengari'

  const auxiliary: {
    luaL_argerror(L: LuaState, argument: number, message: Uint8Array): number
    luaL_checkinteger(L: LuaState, argument: number): number
    luaL_checknumber(L: LuaState, argument: number): number
    luaL_checkstring(L: LuaState, argument: number): Uint8Array
    luaL_checktype(L: LuaState, argument: number, type: number): void
    luaL_error(L: LuaState, format: Uint8Array, ...values: Uint8Array[]): number
    /** Pushes nothing where there is none. */
    luaL_getmetafield(L: LuaState, index: number, name: Uint8Array): number
    luaL_loadbuffer(L: LuaState, text: Uint8Array, size: number, name: Uint8Array): number
    luaL_newstate(): LuaState
    luaL_tolstring(L: LuaState, index: number): Uint8Array
    luaL_where(L: LuaState, level: number): void
  }
  export = auxiliary
}

declare module 'fengari/src/lualib.js' {
  import type { LuaState } from 'fengari'

  const library: { luaL_openlibs(L: LuaState): void }
  export = library
}
