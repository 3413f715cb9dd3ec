// Replies of commands become Lua values, and what a script returns becomes a reply, as Redis converts them.

import type { LuaState, LuaTable, TValue } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { generalNumber } from '../number-text.ts'
import { bulk, error, integer, NULL, type Reply } from '../reply.ts'
import { fromBytes, pushText, toBytes } from './bytes.ts'
import { lua, strings, tables } from './fengari.ts'

const ERR = toBytes('err')
const STATUS = toBytes('ok')

/** Onto the stack. Scripts see what a client of the second protocol would. */
export function pushReply(L: LuaState, reply: Reply): void {
  const text = textOf(reply)
  if (text !== undefined) pushText(L, text)
  else if (reply.kind === 'integer') lua.lua_pushnumber(L, Number(reply.value))
  else if (reply.kind === 'status') pushField(L, STATUS, reply.text)
  else if (reply.kind === 'error') pushField(L, ERR, reply.message)
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

function pushField(L: LuaState, name: Uint8Array, text: string): void {
  lua.lua_createtable(L, 0, 1)
  pushText(L, text)
  lua.lua_setfield(L, -2, name)
}

function pushItems(L: LuaState, items: readonly Reply[]): void {
  lua.lua_checkstack(L, 3)
  lua.lua_createtable(L, items.length, 0)
  items.forEach((item, index) => {
    pushReply(L, item)
    lua.lua_rawseti(L, -2, index + 1)
  })
}

const named = (name: string) => strings.luaS_bless(null, toBytes(name))
const FIELD = {
  err: named('err'),
  ok: named('ok'),
  double: named('double'),
  map: named('map'),
  set: named('set'),
  bigNumber: named('big_number'),
  verbatim: named('verbatim_string'),
  format: named('format'),
  string: named('string'),
}

/** Of what a script returns. */
export function toReply(value: TValue): Reply {
  const content = value.value
  if (value.ttisstring()) return bulk(fromBytes(value.svalue()))
  if (typeof content === 'number') return integer(truncated(content))
  if (typeof content === 'boolean') return content ? integer(1) : NULL
  if (isTable(value, content)) return ofTable(content)
  return NULL
}

function isTable(value: TValue, content: TValue['value']): content is LuaTable {
  return value.ttnov() === lua.LUA_TTABLE && typeof content === 'object' && content !== null
}

function tableIn(value: TValue): LuaTable | undefined {
  const content = value.value
  return isTable(value, content) ? content : undefined
}

function textIn(value: TValue): string | undefined {
  return value.ttisstring() ? fromBytes(value.svalue()) : undefined
}

/** The text that an error's table says. */
export function errorIn(value: TValue): string | undefined {
  const table = tableIn(value)
  return table && textIn(tables.luaH_getstr(table, FIELD.err))
}

function ofTable(table: LuaTable): Reply {
  const failed = textIn(tables.luaH_getstr(table, FIELD.err))
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
