// The lines of the balancer's file that count: without comments and without what an `.if` leaves out. Each is split
// only when it is asked for, since a `presetenv` before it changes the environment.
import { ConfigurationError } from './configuration-error.ts'
import { Line } from './line.ts'
import { type Environment, splitWords } from './words.ts'

interface Condition {
  readonly place: { readonly number: number; readonly text: string }
  /** Whether the lines of this branch count. */
  counts: boolean
  /** Whether those of an `.else` will; undefined once it has come. */
  otherwise: boolean | undefined
}

const CONDITION = /^(!?)defined\(\s*(\w+)\s*\)$/

export function* readLines(text: string, environment: Environment): Generator<Line> {
  const conditions: Condition[] = []
  const isIn = () => conditions.every(({ counts }) => counts)
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const place = { number: at + 1, text: line }
    if (/^\s*\./.test(line)) {
      follow(place, conditions, { environment, isOuterIn: isIn() })
      continue
    }
    if (!isIn()) continue
    const words = splitWords(place, environment)
    if (words.length > 0) yield new Line(place, words)
  }
  const open = conditions.at(-1)
  if (open !== undefined) throw new ConfigurationError(open.place, 'this `.if` has no `.endif`')
}

function follow(
  place: Condition['place'],
  conditions: Condition[],
  { environment, isOuterIn }: { readonly environment: Environment; readonly isOuterIn: boolean },
): void {
  const [macro = '', ...rest] = place.text.replace(/#.*/, '').trim().split(/\s+/)
  const innermost = conditions.at(-1)
  if (macro === '.if') {
    const [, not, name = ''] = CONDITION.exec(rest.join(' ')) ?? []
    if (not === undefined) throw new ConfigurationError(place, 'accepted: .if defined(NAME), .if !defined(NAME)')
    const holds = environment.has(name) !== (not === '!')
    conditions.push({ place, counts: isOuterIn && holds, otherwise: isOuterIn && !holds })
  } else if (innermost === undefined) throw new ConfigurationError(place, 'no `.if` stands before it')
  else if (macro === '.endif' && rest.length === 0) conditions.pop()
  else if (macro === '.else' && rest.length === 0 && innermost.otherwise !== undefined) {
    innermost.counts = innermost.otherwise
    innermost.otherwise = undefined
  } else throw new ConfigurationError(place, 'accepted: .if, one .else, .endif')
}
