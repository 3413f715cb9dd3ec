// The functions of Lua 5.1's library of strings that 5.3 does otherwise, or fengari slowly.
import type { LuaFunction, LuaState } from 'fengari'
import { auxiliary, lua } from './fengari.ts'
import { format } from './format.ts'
import { pushText } from './texts.ts'
import { checkedText } from './values.ts'

/** Where a double is no whole number it is cut off; what no whole number can hold is the least of all. */
function position(L: LuaState, argument: number, length: number): number {
  const value = auxiliary.luaL_checknumber(L, argument)
  const whole = Math.abs(value) < 2 ** 63 ? Math.trunc(value) : Number.NEGATIVE_INFINITY
  return whole < 0 ? Math.max(0, length + whole + 1) : whole
}

function sub(L: LuaState): number {
  const text = checkedText(L, 1)
  const from = position(L, 2, text.length)
  const to = lua.lua_type(L, 3) <= lua.LUA_TNIL ? text.length : position(L, 3, text.length)
  pushText(L, text.slice(Math.max(from, 1) - 1, Math.max(to, 0)))
  return 1
}

export const STRING_LIBRARY: Readonly<Record<string, LuaFunction>> = { format, sub }
