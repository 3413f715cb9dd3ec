// Makes fengari, which is Lua 5.3, count as Lua 5.1 does: every number that is read is a double, and a whole one is
// written without a fraction (10/2 is 5, not 5.0). Lengths and positions stay whole numbers of 32 bits inside fengari.
// Both functions are replaced for the whole process, and on first use: nothing else here runs Lua.

import type { TValue } from 'fengari'
import { generalNumber } from '../number-text.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { objects, strings } from './fengari.ts'

const WHOLE_DIGITS = 14
const INFINITE = /^\s*[+-]?inf(?:inity)?\s*$/i

let isDone = false

export function countAsLua51(): void {
  if (isDone) return
  isDone = true
  const read = objects.luaO_str2num
  objects.luaO_str2num = (bytes, into) => {
    const taken = read(bytes, into)
    if (taken === 0) return infinite(bytes, into)
    if (into.ttisinteger()) into.setfltvalue(wholeNumber(bytes))
    return taken
  }
  objects.luaO_tostring = (L, value) => {
    const text = typeof value.value === 'number' ? numberText(value.value, WHOLE_DIGITS) : ''
    value.setsvalue(strings.luaS_bless(L, toBytes(text)))
  }
}

/** As printf's %.<precision>g; what no arithmetic can tell has a sign on the machines of today. */
export function numberText(value: number, precision: number): string {
  return Number.isNaN(value) ? '-nan' : generalNumber(value, precision)
}

/** Lua 5.1 takes what C takes for a number. */
function infinite(bytes: Uint8Array, into: TValue): number {
  const text = fromBytes(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)
  if (!INFINITE.test(text)) return 0
  into.setfltvalue(text.includes('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
  return bytes.at(-1) === 0 ? bytes.length : bytes.length + 1
}

/** Once more, because fengari keeps the lowest 32 bits of a whole number. */
function wholeNumber(bytes: Uint8Array): number {
  const end = bytes.indexOf(0)
  const text = Buffer.from(end === -1 ? bytes : bytes.subarray(0, end))
    .toString('latin1')
    .trim()
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace(/^\+/, ''))
}
