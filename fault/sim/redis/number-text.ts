// Numbers as C reads and prints them: Redis takes and gives them so, and so does Lua 5.1.

/** As printf's %.<precision>g. */
export function generalNumber(value: number, precision: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (Number.isInteger(value) && Math.abs(value) < 10 ** Math.min(precision, 15)) return String(value)
  const [digits, exponent] = significant(value, precision)
  const sign = value < 0 ? '-' : ''
  const short = digits.replace(/0+$/, '')
  if (exponent < -4 || exponent >= precision) {
    const fraction = short.length > 1 ? `.${short.slice(1)}` : ''
    const size = Math.abs(exponent).toString().padStart(2, '0')
    return `${sign}${short[0] ?? ''}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${short}`
  const whole = short.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = short.slice(exponent + 1)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** Its first digits and the power of ten of the first. A tie goes to the even digit as in C, where JavaScript rounds up. */
function significant(value: number, precision: number): readonly [string, number] {
  const [mantissa = '', exponent = '0'] = Math.abs(value)
    .toExponential(precision - 1)
    .split('e')
  const digits = mantissa.replace('.', '')
  const exact = Math.abs(value).toExponential(99).split('e')[0]?.replace('.', '') ?? ''
  const isTie = /^50*$/.test(exact.slice(precision))
  const kept = exact.slice(0, precision)
  if (isTie && Number(kept.at(-1)) % 2 === 0) return [kept, Number(exponent)]
  return [digits, Number(exponent)]
}

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/
const MOST = 2n ** 63n - 1n
const LEAST = -(2n ** 63n)

/** A whole number of 64 bits, in the one spelling that Redis takes for one. */
export function parseInteger(text: string): number | bigint | undefined {
  if (!INTEGER.test(text)) return undefined
  if (text.length < 16) return Number(text)
  return inRange(BigInt(text))
}

/** Their sum, or undefined where it does not fit 64 bits. */
export function addIntegers(a: number | bigint, b: number | bigint): number | bigint | undefined {
  const sum = Number(a) + Number(b)
  if (Number.isSafeInteger(sum) && typeof a === 'number' && typeof b === 'number') return sum
  return inRange(BigInt(a) + BigInt(b))
}

function inRange(value: bigint): number | bigint | undefined {
  if (value > MOST || value < LEAST) return undefined
  const asNumber = Number(value)
  return Number.isSafeInteger(asNumber) ? asNumber : value
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const HEXADECIMAL = /^([+-]?)(0x[\da-f]+)$/i
const INFINITE = /^([+-]?)inf(?:inity)?$/i

/** As strtod reads the whole of a text; undefined where it reads only a part of it, or NaN. */
export function parseDouble(text: string): number | undefined {
  if (text === '') return 0
  if (DECIMAL.test(text)) return Number(text)
  const hexadecimal = HEXADECIMAL.exec(text)
  if (hexadecimal) return Number(hexadecimal[2]) * (hexadecimal[1] === '-' ? -1 : 1)
  const infinite = INFINITE.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return undefined
}
