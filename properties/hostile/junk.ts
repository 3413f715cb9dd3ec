// Text and JSON that nobody expects: what breaks parsers, prototypes, patterns and encodings, among plain noise.
import fc from 'fast-check'

const loneSurrogates = fc.string({
  unit: fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
})

const infamous = fc.constantFrom(
  ...['', '.', '..', '*', '?', '[', '%', '%00', '%zz', '\0', '\n', '\r\n\r\n', ':', '/', '\\', '"', "'", '\u2028'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'undefined', 'null', 'NaN'],
  ...[
    'mcp:deadlines',
    'mcp:session:',
    'mcp:session:*',
    'mcp:session-json:"\\ud800"',
    '{tag}',
    'é',
    'e\u0301',
    '\ufeff',
  ],
)

const giant = fc
  .tuple(fc.constantFrom('a', 'é', '🎼', '\ud800', '*', '%41', '"'), fc.constantFrom(1_000, 16_384, 65_536))
  .map(([unit, length]) => unit.repeat(Math.floor(length / unit.length)))

/** Any string, ill-formed Unicode too, to 64 Ki units. */
export const junkText: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: infamous },
  { weight: 20, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 10, arbitrary: loneSurrogates },
  { weight: 1, arbitrary: giant },
)

// As texts, because JavaScript's own printer never writes most of them.
const oddValues = fc.constantFrom(
  ...['null', 'true', 'false', '0', '-0', '-1', '1.5', '1e400', '-1e400', '5e-324', '12345678901234567890', '1E+2'],
  ...['9007199254740993', '""', '[]', '{}', '[null]', '{"":0}', '{"__proto__":null}', '{"__proto__":{"note":"x"}}'],
  ...['{"a":1,"a":2}', '[[[[[[[[]]]]]]]]', '"\\u0000"', '"\\ud800"', '{"constructor":{"prototype":{"polluted":1}}}'],
)

/** The JSON text of any value, nested a few levels at most. */
export const junkJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: oddValues },
  { weight: 2, arbitrary: junkText.map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
)

export const notAString = junkJson.filter((text) => !text.startsWith('"'))
export const notAnObject = junkJson.filter((text) => !text.startsWith('{'))
/** What no JSON-RPC id is; numbers with a fraction, or too large to be told apart, are none. */
export const notAnId = fc.constantFrom(
  'null',
  'true',
  '1.5',
  '1e400',
  '9007199254740993',
  '{}',
  '[]',
  '[1]',
  '{"id":1}',
)

/** A value that nests deeper than any recursion over it gets on with. */
export const abyss = fc
  .tuple(fc.constantFrom(501, 5_000, 20_000), fc.constantFrom<[string, string]>(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open, close]]) => `${open.repeat(depth)}0${close.repeat(depth)}`)
