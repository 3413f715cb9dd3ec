// Replies of commands become Lua values, and what a script returns becomes a reply, as Redis converts them.

import type { LuaState, LuaTable, TString, TValue } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { generalNumber } from '../number-text.ts'
import { bulk, error, integer, NULL, type Reply } from '../reply.ts'
import { lua, objects, tables } from './fengari.ts'
import { pushText, stringOf } from './texts.ts'
import { tableIn, textIn, topOf } from './values.ts'

/** Onto the stack. Scripts see what a client of the second protocol would. */
export function pushReply(L: LuaState, reply: Reply): void {
  const text = textOf(reply)
  if (text !== undefined) pushText(L, text)
  else if (reply.kind === 'integer') lua.lua_pushnumber(L, Number(reply.value))
  else if (reply.kind === 'status') pushField(L, FIELD.ok, reply.text)
  else if (reply.kind === 'error') pushField(L, FIELD.err, reply.message)
  else if (reply.kind === 'array' || reply.kind === 'set') pushItems(L, reply.items)
  else if (reply.kind === 'map') pushItems(L, reply.pairs.flat())
  else lua.lua_pushboolean(L, false)
}

/** Of the replies that are a text in the second protocol. */
function textOf(reply: Reply): string | undefined {
  switch (reply.kind) {
    case 'bulk':
      return reply.bytes
    case 'double':
      return generalNumber(reply.value, 17)
    case 'big number':
      return reply.digits
    case 'verbatim':
      return reply.text
    default:
      return undefined
  }
}

function pushField(L: LuaState, name: TString, text: string): void {
  const table = tables.luaH_new(L)
  tables.luaH_setfrom(L, table, textValue(name), textValue(stringOf(text)))
  pushTable(L, table)
}

function textValue(string: TString): TValue {
  const value = new objects.TValue(lua.LUA_TNIL, null)
  value.setsvalue(string)
  return value
}

function pushTable(L: LuaState, table: LuaTable): void {
  const value = new objects.TValue(lua.LUA_TNIL, null)
  value.sethvalue(table)
  objects.pushobj2s(L, value)
}

function pushItems(L: LuaState, items: readonly Reply[]): void {
  lua.lua_checkstack(L, 3)
  const table = tables.luaH_new(L)
  pushTable(L, table)
  for (const [index, item] of items.entries()) {
    pushReply(L, item)
    tables.luaH_setint(table, index + 1, topOf(L))
    L.top -= 1
  }
}

const FIELD = {
  err: stringOf('err'),
  ok: stringOf('ok'),
  double: stringOf('double'),
  map: stringOf('map'),
  set: stringOf('set'),
  bigNumber: stringOf('big_number'),
  verbatim: stringOf('verbatim_string'),
  format: stringOf('format'),
  string: stringOf('string'),
}

/** Of what a script returns. */
export function toReply(value: TValue): Reply {
  const content = value.value
  if (typeof content === 'number') return integer(truncated(content))
  if (typeof content === 'boolean') return content ? integer(1) : NULL
  const text = textIn(value)
  if (text !== undefined) return bulk(text)
  const table = tableIn(value)
  return table ? ofTable(table) : NULL
}

/** The text that an error's table says. */
export function errorIn(table: LuaTable): string | undefined {
  return textIn(tables.luaH_getstr(table, FIELD.err))
}

function ofTable(table: LuaTable): Reply {
  const failed = errorIn(table)
  if (failed !== undefined) return error(toFirstZero(failed))
  const status = textIn(tables.luaH_getstr(table, FIELD.ok))
  if (status !== undefined) return { kind: 'status', text: toFirstZero(status).replace(/[\r\n]/g, ' ') }
  return ofTypedTable(table) ?? { kind: 'array', items: itemsOf(table) }
}

/** Of a table that names one of the types which the third protocol brought. */
function ofTypedTable(table: LuaTable): Reply | undefined {
  const double = tables.luaH_getstr(table, FIELD.double).value
  if (typeof double === 'number') return { kind: 'double', value: double }
  const map = tableIn(tables.luaH_getstr(table, FIELD.map))
  if (map) return { kind: 'map', pairs: entriesOf(map).map(([key, value]) => [toReply(key), toReply(value)] as const) }
  const set = tableIn(tables.luaH_getstr(table, FIELD.set))
  if (set) return { kind: 'set', items: entriesOf(set).map(([key]) => toReply(key)) }
  const digits = textIn(tables.luaH_getstr(table, FIELD.bigNumber))
  if (digits !== undefined) return { kind: 'big number', digits: digits.replace(/[\r\n]/g, ' ') }
  const verbatim = tableIn(tables.luaH_getstr(table, FIELD.verbatim))
  const format = verbatim && textIn(tables.luaH_getstr(verbatim, FIELD.format))
  const text = verbatim && textIn(tables.luaH_getstr(verbatim, FIELD.string))
  return format === undefined || text === undefined ? undefined : { kind: 'verbatim', format, text }
}

/** To the first that is missing. */
function itemsOf(table: LuaTable): readonly Reply[] {
  const items: Reply[] = []
  for (let at = 1; ; at++) {
    const item = tables.luaH_getint(table, at)
    if (item.ttisnil()) return items
    items.push(toReply(item))
  }
}

function entriesOf(table: LuaTable): readonly (readonly [TValue, TValue])[] {
  const entries: [TValue, TValue][] = []
  for (let entry = table.f; entry !== undefined; entry = entry.n) entries.push([entry.key, entry.value])
  return entries
}

/** As C casts a double to 64 bits: towards zero, and to the least of all where it does not fit. */
function truncated(value: number): number | bigint {
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole + 0
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : -(2n ** 63n)
}
