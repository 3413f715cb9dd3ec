// Draws patterns for KEYS that try what a reader of patterns may get wrong, and names of keys for them to meet.
import fc from 'fast-check'

/** Signs of the language of patterns, and characters on both ends of what a byte can be. */
const SIGNS = ['*', '?', '[', ']', '^', '-', '\\', 'a', 'b', 'c', 'z', '\0', '\x7f', '\x80', '\xff', '\n']
const WHOLE = [
  '**',
  '[a-c]',
  '[^a-c]',
  '[c-a]',
  '[\x80-a]',
  '[a\\-z]',
  '[]',
  '[^]',
  '[^',
  '[\\]]',
  '[a-',
  '\\*',
  '\\\\',
]

const signs = fc.constantFrom(...SIGNS)

const hostileNames = fc.array(signs, { maxLength: 5 }).map((drawn) => drawn.join(''))

export const hostilePatterns = fc
  .array(fc.oneof(signs, fc.constantFrom(...WHOLE)), { maxLength: 6 })
  .map((drawn) => drawn.join(''))

/** Many names, and many patterns over them. */
export const patternSequences: fc.Arbitrary<readonly { readonly send: readonly string[] }[]> = fc
  .tuple(fc.array(hostileNames, { maxLength: 10 }), fc.array(hostilePatterns, { minLength: 1, maxLength: 20 }))
  .map(([names, patterns]) => [
    ...names.map((name) => ({ send: ['HSET', name, 'f', 'v'] })),
    ...patterns.map((pattern) => ({ send: ['KEYS', pattern] })),
  ])
