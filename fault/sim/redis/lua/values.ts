// What lies in Lua's values.
import type { Closure, LuaState, LuaTable, TValue } from 'fengari'
import { fromBytes } from './bytes.ts'
import { auxiliary, lua, objects, strings, tables } from './fengari.ts'
import { stringOf, textOf } from './texts.ts'

export function textIn({ value }: TValue): string | undefined {
  return value instanceof strings.TString ? textOf(value) : undefined
}

export function tableIn({ value }: TValue): LuaTable | undefined {
  return value instanceof tables.Table ? value : undefined
}

export function closureIn({ value }: TValue): Closure | undefined {
  return typeof value === 'object' && value !== null && 'upvals' in value ? value : undefined
}

/** An argument of a function, or whatever else lies at that place of its stack; what lies above the top is left over. */
export function valueAt(L: LuaState, index: number): TValue | undefined {
  const at = L.ci.funcOff + index
  return at < L.top ? L.stack[at] : undefined
}

export function textAt(L: LuaState, index: number): string | undefined {
  const value = valueAt(L, index)
  return value && textIn(value)
}

/** An argument that has to be a text, or a number, which is written as one. */
export function checkedText(L: LuaState, index: number): string {
  return textAt(L, index) ?? fromBytes(auxiliary.luaL_checkstring(L, index))
}

/** What lies on top of the stack. */
export function topOf(L: LuaState): TValue {
  const top = L.stack[L.top - 1]
  if (top === undefined) throw new RangeError("Lua's stack is empty")
  return top
}

/** The first item of a table has the index 1. */
export function tableOf(L: LuaState, texts: readonly string[]): LuaTable {
  const table = tables.luaH_new(L)
  const item = new objects.TValue(lua.LUA_TNIL, null)
  for (let at = 0; at < texts.length; at++) {
    item.setsvalue(stringOf(texts[at] ?? ''))
    tables.luaH_setint(table, at + 1, item)
  }
  return table
}
