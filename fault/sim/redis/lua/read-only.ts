// Tables that no script can change, as Redis has them: what a script finds around it would otherwise carry from one script
// to the next, and from one simulated world to another.
import type { LuaFunction, LuaTable } from 'fengari'
import { toBytes } from './bytes.ts'
import { auxiliary, errors, lua, tables } from './fengari.ts'
import { tableIn, valueAt } from './values.ts'

const REFUSED = toBytes('Attempt to modify a readonly table')
const METATABLE = toBytes('__metatable')

/** For the whole process. */
export function refuseWritesToReadOnly(): void {
  Object.defineProperty(tables.Table.prototype, 'isReadOnly', { value: false, writable: true })
  const { luaH_setfrom } = tables
  tables.luaH_setfrom = (L, table, key, value) => {
    if (table.isReadOnly) errors.luaG_runerror(L, REFUSED)
    luaH_setfrom(L, table, key, value)
  }
}

/** From now on. A metatable is part of what a table is. */
export function makeReadOnly(table: LuaTable): void {
  table.isReadOnly = true
}

export const setMetatable: LuaFunction = (L) => {
  auxiliary.luaL_checktype(L, 1, lua.LUA_TTABLE)
  const type = lua.lua_type(L, 2)
  if (type !== lua.LUA_TNIL && type !== lua.LUA_TTABLE) {
    auxiliary.luaL_argerror(L, 2, toBytes('nil or table expected'))
  }
  if (auxiliary.luaL_getmetafield(L, 1, METATABLE) !== lua.LUA_TNIL) {
    return auxiliary.luaL_error(L, toBytes('cannot change a protected metatable'))
  }
  lua.lua_settop(L, 2)
  const table = valueAt(L, 1)
  if (table !== undefined && tableIn(table)?.isReadOnly) return errors.luaG_runerror(L, REFUSED)
  lua.lua_setmetatable(L, 1)
  return 1
}
