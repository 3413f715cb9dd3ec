// string.format of Lua 5.1, which prints any double as %d and %x by cutting it off; that of fengari refuses those beyond
// 32 bits, as the milliseconds of today are.
import type { LuaState } from 'fengari'
import { toFirstZero } from '../c-text.ts'
import { generalNumber } from '../number-text.ts'
import { toBytes } from './bytes.ts'
import { auxiliary, lua } from './fengari.ts'
import { pushText } from './texts.ts'
import { checkedText } from './values.ts'

const ITEM = /%(?:%|([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([\s\S])?)/g

interface Item {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly conversion: string
}

export function format(L: LuaState): number {
  const pattern = checkedText(L, 1)
  let argument = 1
  const made = pattern.replace(ITEM, (whole: string, flags = '', width = '', precision?: string, conversion = '') => {
    if (whole === '%%') return '%'
    argument += 1
    if (argument > lua.lua_gettop(L)) auxiliary.luaL_argerror(L, argument, toBytes('no value'))
    const item = {
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      conversion,
    }
    return formatted(L, argument, item)
  })
  pushText(L, made)
  return 1
}

function formatted(L: LuaState, argument: number, item: Item): string {
  const { conversion } = item
  switch (conversion) {
    case 'd':
    case 'i':
      return whole(item, cut(L, argument), 10)
    case 'u':
      return whole(item, cutUnsigned(L, argument), 10)
    case 'x':
      return whole(item, cutUnsigned(L, argument), 16)
    case 'X':
      return whole(item, cutUnsigned(L, argument), 16).toUpperCase()
    case 'o':
      return whole(item, cutUnsigned(L, argument), 8)
    case 'c':
      return padded(item, '', String.fromCharCode(Number(cut(L, argument) & 255n)))
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return double(item, auxiliary.luaL_checknumber(L, argument))
    case 's':
      return text(item, checkedText(L, argument))
    case 'q':
      return quoted(checkedText(L, argument))
    default:
      auxiliary.luaL_error(L, toBytes(`invalid option '%%${conversion}' to 'format'`))
      return ''
  }
}

/** Only a long text may hold a zero. */
function text(item: Item, given: string): string {
  if (item.precision === undefined && given.length >= 100) return given
  const shown = toFirstZero(given)
  return padded({ ...item, flags: item.flags.replace('0', '') }, '', shown.slice(0, item.precision ?? shown.length))
}

function cut(L: LuaState, argument: number): bigint {
  const value = auxiliary.luaL_checknumber(L, argument)
  const isInRange = value >= -(2 ** 63) && value < 2 ** 63
  return isInRange ? BigInt(Math.trunc(value)) : -(2n ** 63n)
}

/** What does not fit comes out as the machines of today make it. */
function cutUnsigned(L: LuaState, argument: number): bigint {
  const value = auxiliary.luaL_checknumber(L, argument)
  if (value < 2 ** 63 || Number.isNaN(value)) return cut(L, argument)
  return value < 2 ** 64 ? BigInt(Math.trunc(value)) : 0n
}

function whole(item: Item, value: bigint, base: 8 | 10 | 16): string {
  const isSigned = base === 10 && item.conversion !== 'u'
  const shown = isSigned ? (value < 0n ? -value : value) : BigInt.asUintN(64, value)
  const digits = shown.toString(base).padStart(item.precision ?? 1, '0')
  const plain = item.precision === undefined ? item : { ...item, flags: item.flags.replace('0', '') }
  return padded(plain, isSigned ? sign(item, value < 0n) : '', digits)
}

function double(item: Item, value: number): string {
  const negative = value < 0 || Object.is(value, -0)
  const size = Math.abs(value)
  const precision = item.precision ?? 6
  const lower = item.conversion.toLowerCase()
  if (!Number.isFinite(value)) {
    const flags = item.flags.replace('0', '')
    return padded({ ...item, flags }, sign(item, negative), Number.isNaN(value) ? '-nan' : 'inf')
  }
  const exponential = () => size.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
  const digits =
    lower === 'f' ? fixed(size, precision) : lower === 'e' ? exponential() : generalNumber(size, Math.max(precision, 1))
  return padded(item, sign(item, negative), item.conversion === lower ? digits : digits.toUpperCase())
}

const BEYOND = 40

/** As %.<precision>f: a tie goes to the even digit, where JavaScript rounds up. */
function fixed(size: number, precision: number): string {
  if (size >= 1e21) return BigInt(size).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
  if (precision > 100 - BEYOND || Number.isInteger(size)) return size.toFixed(precision)
  const exact = size.toFixed(precision + BEYOND)
  const kept = exact.slice(0, -BEYOND).replace(/\.$/, '')
  const isTie = /^50*$/.test(exact.slice(-BEYOND))
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : size.toFixed(precision)
}

function sign({ flags }: Item, negative: boolean): string {
  if (negative) return '-'
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function padded({ flags, width }: Item, before: string, digits: string): string {
  const missing = Math.max(0, width - before.length - digits.length)
  if (flags.includes('-')) return before + digits + ' '.repeat(missing)
  return flags.includes('0') ? before + '0'.repeat(missing) + digits : ' '.repeat(missing) + before + digits
}

function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\\n',
    '\r': '\\r',
    '\0': '\\000',
  }
  return `"${text.replace(/["\\\n\r\0]/g, (each) => escapes[each] ?? each)}"`
}
