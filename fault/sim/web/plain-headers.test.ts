// The plain headers are Node's own to whoever reads and changes them: random ones are made of both and compared.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PlainHeaders } from './plain-headers.ts'
import { CASES } from './test-cases.ts'

type Change =
  | { readonly how: 'append' | 'set'; readonly name: string; readonly value: string }
  | { readonly how: 'delete'; readonly name: string }
  | { readonly how: 'copy' | 'rebuild' | 'spread' }

// What Node's take: at other names and values they throw, and the plain ones do not.
const names = fc.oneof(
  fc.constantFrom('accept', 'Accept', 'ACCEPT', 'mcp-session-id', 'MCP-Session-Id'),
  fc.constantFrom('set-cookie', 'Set-Cookie', 'cookie', 'Cookie'),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/),
)
const space = fc.stringMatching(/^[\t\n\r ]{0,2}$/)
const words = fc.stringMatching(/^[!-~\u0080-\u00ff]([\t !-~\u0080-\u00ff]{0,6}[!-~\u0080-\u00ff])?$/)
const values = fc.tuple(space, words, space).map((parts) => parts.join(''))

const inits = fc.oneof(
  fc.constant(undefined),
  fc.array(fc.tuple(names, values), { maxLength: 6 }),
  fc.dictionary(names, values, { maxKeys: 6 }),
  // Callers in JavaScript may hand over anything.
  fc.dictionary(names, fc.constantFrom<unknown>(8, true, null, undefined), { maxKeys: 3 }),
)
const changes: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: fc.record({ how: fc.constant('append'), name: names, value: values }), weight: 3 },
  { arbitrary: fc.record({ how: fc.constant('set'), name: names, value: fc.oneof(values, space) }), weight: 2 },
  { arbitrary: fc.record({ how: fc.constant('delete'), name: names }), weight: 1 },
  { arbitrary: fc.record({ how: fc.constantFrom('copy', 'rebuild', 'spread') }), weight: 1 },
)

function seen(make: (init: unknown) => Headers, init: unknown, all: readonly Change[]): unknown {
  let headers = make(init)
  const states = [stateOf(headers, all)]
  for (const change of all) {
    const before = headers
    if (change.how === 'append' || change.how === 'set') headers[change.how](change.name, change.value)
    else if (change.how === 'delete') headers.delete(change.name)
    else if (change.how === 'copy') headers = make(headers)
    else headers = make(change.how === 'rebuild' ? [...headers] : Object.fromEntries(headers))
    states.push(stateOf(headers, all))
    if (headers !== before) {
      headers.append('only', 'in the copy')
      states.push(stateOf(before, all))
    }
  }
  return states
}

function stateOf(headers: Headers, all: readonly Change[]): unknown {
  const asked = ['set-cookie', 'cookie', ...all.flatMap((change) => ('name' in change ? [change.name] : []))]
  const told: unknown[] = []
  headers.forEach(function tell(this: unknown, ...[value, name, from]) {
    told.push([this, value, name, from === headers])
  }, 'self')
  return {
    told,
    entries: [...headers.entries(), ...headers],
    keys: [...headers.keys()],
    values: [...headers.values()],
    asked: asked.map((name) => [headers.get(name), headers.has(name), headers.has(name.toUpperCase())]),
    cookies: headers.getSetCookie(),
    kind: Object.prototype.toString.call(headers),
  }
}

it('plain headers answer as Node’s own, however they were made and changed', () => {
  const node = (init: unknown): Headers => Reflect.construct(Headers, [init])
  const plain = (init: unknown): Headers => Reflect.construct(PlainHeaders, [init])
  const alike = fc.property(inits, fc.array(changes, { maxLength: 8 }), (init, all) => {
    expect(seen(plain, init, all)).toEqual(seen(node, init, all))
  })
  fc.assert(alike, CASES)
})
