// Makes fengari, which is Lua 5.3, count as Lua 5.1 does: every number that is read is a double, and a whole one is
// written without a fraction (10/2 is 5, not 5.0). Lengths and positions stay whole numbers of 32 bits inside fengari.

import type { TValue } from 'fengari'
import { generalNumber } from '../number-text.ts'
import { fromBytes } from './bytes.ts'
import { objects } from './fengari.ts'
import { stringOf } from './texts.ts'

const WHOLE_DIGITS = 14
/** So many of them are a double exactly. */
const EXACT_DIGITS = 15
const [ZERO, NINE] = [48, 57]
const INFINITE = /^\s*[+-]?inf(?:inity)?\s*$/i

/** For the whole process. */
export function countAsLua51(): void {
  const read = objects.luaO_str2num
  objects.luaO_str2num = (bytes, into) => {
    const plain = digits(bytes)
    if (plain !== undefined) {
      into.setfltvalue(plain)
      return bytes.length + 1
    }
    const taken = read(bytes, into)
    if (taken === 0) return infinite(bytes, into)
    if (into.ttisinteger()) into.setfltvalue(wholeNumber(bytes))
    return taken
  }
  objects.luaO_tostring = (_, value) => {
    value.setsvalue(stringOf(typeof value.value === 'number' ? numberText(value.value, WHOLE_DIGITS) : ''))
  }
}

/** A number of nothing but a few digits, as most are: read without a text of it. */
function digits(bytes: Uint8Array): number | undefined {
  if (bytes.length === 0 || bytes.length > EXACT_DIGITS) return undefined
  let number = 0
  for (const byte of bytes) {
    if (byte < ZERO || byte > NINE) return undefined
    number = number * 10 + byte - ZERO
  }
  return number
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
