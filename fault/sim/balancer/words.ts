// A line of the balancer's file in words, by HAProxy's rules: `#` ends it, quotes join, and only double quotes take
// `$NAME`, `${NAME}` and `${NAME-default}` from the environment.
import { ConfigurationError, type Place } from './configuration-error.ts'

export type Environment = ReadonlyMap<string, string>

type Quote = 'none' | 'single' | 'double'

/** What may follow a backslash, by where it stands. */
const ESCAPED = { none: ` \\#"'$`, double: `\\"$`, single: '' } as const

const VARIABLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:-([^}]*))?\})/

export function splitWords(place: Place, environment: Environment): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: Quote = 'none'
  let at = 0
  const { text } = place
  while (at < text.length) {
    const rest = text.slice(at)
    const piece = pieceAt(rest, quote, place, environment)
    if (piece.kind === 'comment') break
    if (piece.kind === 'space') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + (piece.kind === 'text' ? piece.value : '')
      if (piece.kind === 'quote') quote = quote === 'none' ? piece.quote : 'none'
    }
    at += piece.length
  }
  if (quote !== 'none') throw new ConfigurationError(place, 'a quote is not closed')
  if (word !== undefined) words.push(word)
  return words
}

type Piece = { readonly length: number } & (
  | { readonly kind: 'comment' }
  | { readonly kind: 'space' }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'text'; readonly value: string }
)

/** The next piece of a line that is not at its end. */
function pieceAt(rest: string, quote: Quote, place: Place, environment: Environment): Piece {
  const character = rest.charAt(0)
  if (quote === 'none') {
    if (character === '#') return { kind: 'comment', length: 1 }
    if (character === ' ' || character === '\t') return { kind: 'space', length: 1 }
  }
  if (character === '"' && quote !== 'single') return { kind: 'quote', quote: 'double', length: 1 }
  if (character === "'" && quote !== 'double') return { kind: 'quote', quote: 'single', length: 1 }
  if (character === '\\' && quote !== 'single') return escapedAt(rest, quote, place)
  if (character === '$' && quote === 'double') return variableAt(rest, place, environment)
  return { kind: 'text', value: character, length: 1 }
}

function escapedAt(rest: string, quote: Quote, place: Place): Piece {
  const escaped = rest.charAt(1)
  if (escaped === '' || !ESCAPED[quote].includes(escaped))
    throw new ConfigurationError(place, `a backslash is followed by one of ${[...ESCAPED[quote]].join(' ')}`)
  return { kind: 'text', value: escaped, length: 2 }
}

function variableAt(rest: string, place: Place, environment: Environment): Piece {
  const match = VARIABLE.exec(rest)
  if (match === null)
    throw new ConfigurationError(place, 'in double quotes a variable is $NAME, or in braces NAME or NAME-default')
  const [whole, plain, braced, otherwise] = match
  const value = environment.get(plain ?? braced ?? '') ?? otherwise ?? ''
  return { kind: 'text', value, length: whole.length }
}
