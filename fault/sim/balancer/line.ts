// One line of the balancer's file, read word by word. Whatever is not as it should be is an error that tells what is.
import { ConfigurationError, type Place } from './configuration-error.ts'

const UNITS_MS = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SCALES = { '': 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 } as const
/** HAProxy counts with 32 bits. */
const MOST = 2 ** 31 - 1

export class Line implements Place {
  readonly number: number
  readonly text: string
  readonly #words: readonly string[]
  #at = 0

  constructor({ number, text }: Place, words: readonly string[]) {
    this.number = number
    this.text = text
    this.#words = words
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length
  }

  /** The next word, if that is one of these. */
  take<Word extends string>(...accepted: readonly Word[]): Word | undefined {
    const found = accepted.find((word) => word === this.#words[this.#at])
    if (found !== undefined) this.#at++
    return found
  }

  /** The next word, which must be one of these. */
  oneOf<Word extends string>(...accepted: readonly [Word, ...Word[]]): Word {
    return this.take(...accepted) ?? this.refuse(`accepted here: ${accepted.join(', ')}`)
  }

  /** The next word, whatever it is. */
  word(what: string): string {
    const word = this.#words[this.#at]
    if (word === undefined || word === '') return this.refuse(`${what} is missing`)
    this.#at++
    return word
  }

  matching(pattern: RegExp, what: string): RegExpExecArray {
    const match = pattern.exec(this.#words[this.#at] ?? '')
    if (match === null) return this.refuse(`${what} is expected`)
    this.#at++
    return match
  }

  integer(what: string, { least = 0 }: { readonly least?: number } = {}): number {
    const value = Number(this.matching(/^-?\d+$/, `${what}, a whole number,`)[0])
    if (value < least || value > MOST) return this.refuse(`${what} must be from ${least} to ${MOST}`)
    return value
  }

  /** Milliseconds; a number without a unit counts as `bare`. */
  duration(what: string, { bare = 'ms', least = 0 }: { readonly bare?: 'ms' | 's'; readonly least?: number } = {}) {
    const hint = `${what}, a duration such as 5s or 300ms (without a unit: ${bare}; units: us, ms, s, m, h, d)`
    const [, digits = '', unit] = this.matching(/^(\d+)(us|ms|s|m|h|d)?$/, `${hint},`)
    const isUnit = (text: string | undefined): text is keyof typeof UNITS_MS => text !== undefined && text in UNITS_MS
    const ms = Math.ceil(Number(digits) * UNITS_MS[isUnit(unit) ? unit : bare])
    if (ms < least || ms > MOST) return this.refuse(`${what} must be from ${least} to ${MOST} ms`)
    return ms
  }

  /** A count of things, in which k is 1,024. */
  size(what: string): number {
    const [, digits = '', scale = ''] = this.matching(/^(\d+)([kmg]?)$/, `${what}, such as 100k,`)
    const isScale = (text: string): text is keyof typeof SCALES => text in SCALES
    const value = Number(digits) * (isScale(scale) ? SCALES[scale] : 1)
    if (value < 1 || value > MOST) return this.refuse(`${what} must be from 1 to ${MOST}`)
    return value
  }

  /** `host:port`, or a unix socket. */
  address(what: string): string {
    const [whole] = this.matching(/^(?:unix@.+|[^\s@]+:\d{1,5})$/, `${what}, host:port,`)
    return whole
  }

  end(): void {
    if (!this.isAtEnd) this.refuse('nothing more is accepted on this line')
  }

  refuse(problem: string): never {
    const word = this.#words[this.#at]
    throw new ConfigurationError(this, word === undefined ? problem : `at \`${word}\`: ${problem}`)
  }
}
