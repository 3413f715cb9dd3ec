// The part of fengari that is used here, which brings no types. Bytes of a Lua string are a Uint8Array.

/** What its modules hand to one another. */
declare module 'fengari' {
  export interface TString {
    readonly realstring: Uint8Array
  }
  export interface TValue {
    value: number | boolean | LuaTable | null
    ttnov(): number
    ttisnil(): boolean
    ttisinteger(): boolean
    ttisstring(): boolean
    svalue(): Uint8Array
    setfltvalue(value: number): void
    setsvalue(value: TString): void
  }
  export interface LuaTable {
    /** Its first entry. */
    readonly f: TableEntry | undefined
  }
  export interface TableEntry {
    readonly key: TValue
    readonly value: TValue
    /** The next entry. */
    readonly n: TableEntry | undefined
  }
  export interface LuaState {
    readonly stack: readonly TValue[]
    readonly top: number
  }
  /** Works on the stack and answers how many results it left there. */
  export type LuaFunction = (L: LuaState) => number
  export interface Activation {
    readonly source: Uint8Array | null
    /** -1 in a function that is no Lua. */
    readonly currentline: number
  }
}

declare module 'fengari/src/lobject.js' {
  import type { LuaState, TString, TValue } from 'fengari'

  const objects: {
    /** Reads a number; answers how many bytes it took and one more, or 0. */
    luaO_str2num(bytes: Uint8Array, into: TValue): number
    luaO_tostring(L: LuaState, value: TValue): void
    pushsvalue2s(L: LuaState, string: TString): void
  }
  export = objects
}

declare module 'fengari/src/lstring.js' {
  import type { LuaState, TString } from 'fengari'

  const strings: {
    readonly TString: { readonly prototype: object }
    luaS_bless(L: LuaState | null, bytes: Uint8Array): TString
  }
  export = strings
}

declare module 'fengari/src/ltable.js' {
  import type { LuaTable, TString, TValue } from 'fengari'

  const tables: {
    luaH_getstr(table: LuaTable, key: TString): TValue
    luaH_getint(table: LuaTable, key: number): TValue
  }
  export = tables
}

declare module 'fengari/src/lua.js' {
  import type { Activation, LuaFunction, LuaState } from 'fengari'

  const lua: {
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
    luaL_error(L: LuaState, format: Uint8Array, ...values: Uint8Array[]): number
    luaL_loadbuffer(L: LuaState, text: Uint8Array, size: number, name: Uint8Array): number
    luaL_newstate(): LuaState
    luaL_ref(L: LuaState, table: number): number
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
