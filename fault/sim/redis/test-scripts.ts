// Draws small Lua scripts: expressions over numbers, texts, arguments and replies, many of which fail. Left out is what
// Lua 5.1 and 5.3 do otherwise in ways that nobody should rely on, and what nobody could compare: addresses of tables.
import fc from 'fast-check'
import { hostilePatterns } from './test-patterns.ts'

type Request = readonly string[]

function quoted(bytes: string): string {
  const escaped = bytes.replace(/[^ !#-&(-[\]-~]/g, (each) => `\\${String(each.charCodeAt(0)).padStart(3, '0')}`)
  return `'${escaped}'`
}

const numbers = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map(String),
  fc.constantFrom(
    '0.5',
    '1e15',
    '123456789012',
    '1795462554537',
    '1e100',
    '3.14159',
    '2147483647',
    '4294967296',
    '0x10',
  ),
)
const words = fc.constantFrom("'a'", "'10'", "' 7 '", "'1e2'", "'x y'", "''", "'\\0\\255'", "'9007199254740993'")
const given = fc.constantFrom(
  'KEYS[1]',
  'ARGV[1]',
  'ARGV[2]',
  '#ARGV',
  '#KEYS',
  'KEYS[9]',
  'ARGV.x',
  'nil',
  'true',
  'false',
)

/** A command as a script sends it: some words as numbers, some from the arguments. */
function called(commands: fc.Arbitrary<Request>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('call', 'pcall'), commands, fc.boolean())
    .map(([how, [name = '', ...args], isPlain]) => {
      const spelt = args.map((arg, at) => (at === 0 && !isPlain ? '(KEYS[1] or ARGV[1] or 5)' : quoted(arg)))
      return `redis.${how}(${[quoted(name), ...spelt].join(', ')})`
    })
}

export function scripts(commands: fc.Arbitrary<Request>): fc.Arbitrary<string> {
  const { expression } = fc.letrec<{ expression: string }>((tie) => {
    const part = tie('expression')
    const apply = (names: readonly string[], build: (name: string, inner: string) => string) =>
      fc.tuple(fc.constantFrom(...names), part).map(([name, inner]) => build(name, inner))
    return {
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        numbers,
        words,
        given,
        called(commands),
        hostilePatterns.map((pattern) => `#redis.call('KEYS', ${quoted(pattern)})`),
        fc
          .tuple(part, fc.constantFrom('+', '-', '*', '/', '..', '==', '~=', '<', '<=', 'and', 'or'), part)
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
        apply(
          ['tonumber', 'type', 'math.floor', 'string.len', 'string.upper', '#', 'not '],
          (name, inner) => `${name}(${inner})`,
        ),
        apply(
          ['%.0f', '%d', '%06d', '%s', '%5.2f', '%-4s|', '%x', '%q'],
          (name, inner) => `string.format('${name}', ${inner})`,
        ),
        apply(['2, 3', '-2', '1, 1'], (range, inner) => `string.sub(${inner}, ${range})`),
        fc.array(part, { maxLength: 3 }).map((items) => `{${items.join(', ')}}`),
        apply(['redis.error_reply', 'redis.status_reply', 'unpack', 'assert'], (name, inner) => `${name}(${inner})`),
        // An error that is a table without words ends a real Redis 7.0.15.
        apply(['error', ''], (name, inner) => `${name}((tostring(${inner}):gsub('0x%x+', '')))`),
        apply([''], (_, inner) => `select(2, pcall(function() return ${inner} end))`),
        apply(['1', 'err', 'ok', 'x'], (name, inner) => `(${inner})${name === '1' ? '[1]' : `.${name}`}`),
      ),
    }
  })
  const line = fc.oneof(
    { weight: 3, arbitrary: expression.map((value) => `local x = ${value}`) },
    { weight: 1, arbitrary: called(commands) },
    { weight: 1, arbitrary: expression.map((value) => `if ${value} then return ${value} end`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'y = 1',
        'redis.call = nil',
        "rawset(_G, 'x', 1)",
        'setmetatable(_G, nil)',
        "getmetatable('').__index.sub = nil",
        'for name in pairs(redis) do redis[name] = nil end',
        'KEYS[1], ARGV[1] = ARGV[1], 7',
        "KEYS.x = 'x'",
        "table.insert(string, 'x')",
        'local f = function() return KEYS[1] end return tostring(f == function() return KEYS[1] end)',
        'return undefined',
        'local t = {} for i = 1, 3 do t[i] = i * 2 end',
      ),
    },
  )
  return fc
    .tuple(fc.array(line, { maxLength: 3 }), expression)
    .map(([lines, last]) => [...lines, `return ${last}`].join('\n'))
}
