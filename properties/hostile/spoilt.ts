// What makes a valid call an invalid one: one thing wrong in its params, or in the message itself.
import fc from 'fast-check'
import { badlyKeyed } from './call-keys.ts'
import { type Call, calls } from './calls.ts'
import { abyss, junkJson, junkText, notAnId, notAnObject, notAString } from './junk.ts'
import { type Members, object } from './members.ts'
import { jsonrpc, type Message, paramsOf, quiet, request } from './message.ts'

type Spoil = (call: Call) => Message

/** The params lose their sense; the message stays JSON-RPC. */
const senseless: fc.Arbitrary<Spoil> = fc.oneof(
  notAString.map((name) => withParams(['name', name])),
  junkText.map((text) => withParams(['name', JSON.stringify(`no ${text}`)])),
  notAnObject.map((args) => withParams(['arguments', args])),
  fc.constantFrom('{}', '{"ttl":1}').map((task) => withParams(['task', task])),
  badlyKeyed.map((meta) => withParams(['_meta', object(meta)])),
  fc.constant((call: Call) => request('tools/call', object(paramsOf(call).filter(([name]) => name !== 'name')))),
  wrongArguments(),
)

function withParams(last: readonly [string, string]): Spoil {
  return (call) => request('tools/call', object([...paramsOf(call), last]))
}

function wrongArguments(): fc.Arbitrary<Spoil> {
  const number = fc.constantFrom('-1', '0.5', '1e400', '"1"', 'null', '[]', '{}', 'true', '9007199254740993')
  const wrong = (tool: string, name: string, json: string) =>
    request(
      'tools/call',
      object([
        ['name', `"${tool}"`],
        ['arguments', object([[name, json]])],
      ]),
    )
  return fc.oneof(
    notAString.map((json) => () => wrong('add_note', 'note', json)),
    fc
      .constantFrom('a', 'é', '\ud800')
      .map((unit) => () => wrong('add_note', 'note', JSON.stringify(unit.repeat(65_537)))),
    fc.constant(() => wrong('add_note', '__proto__', '{"note":"x"}')),
    notAString.map((json) => () => wrong('resume_session', 'old_session_id', json)),
    number.map((json) => () => wrong('watch_counter', 'duration_seconds', json)),
    fc.oneof(number, fc.constant('1001')).map((json) => () => wrong('analyze_data', 'num_items', json)),
  )
}

/** No JSON-RPC any more. */
const shapeless: fc.Arbitrary<Spoil> = fc.oneof(
  junkJson.filter((json) => json !== '"2.0"').map((json) => withMember(['jsonrpc', json])),
  notAnId.map((json) => withMember(['id', json])),
  notAString.map((json) => withMember(['method', json])),
  notAnObject.map((json) => withMember(['params', json])),
  fc.tuple(junkText, junkJson).map(([name, json]) => withMember([`x${name}`, json])),
  fc.constantFrom('result', 'error').map((name) => withMember([name, '{}'])),
  notAnObject.map((meta) => malformed(withParams(['_meta', meta]))),
  fc
    .constantFrom('null', '1.5', '{}', '[]', 'true')
    .map((json) => malformed(withParams(['_meta', `{"progressToken":${json}}`]))),
  abyss.map((json) => malformed(withParams(['_meta', `{"nobody/knows":${json}}`]))),
  abyss.map((json) => () => ({
    ...quiet([
      ['id', '2'],
      ['result', object([['deep', json]])],
    ]),
    wellFormed: false,
  })),
)

function withMember(last: readonly [string, string]): Spoil {
  return (call) => {
    const members: Members = [jsonrpc, ['method', '"tools/call"'], ['params', object(paramsOf(call))]]
    return { json: (id) => object([['id', id], ...members, last]), effects: [], wellFormed: false }
  }
}

function malformed(spoil: Spoil): Spoil {
  return (call) => ({ ...spoil(call), wellFormed: false })
}

function spoiltBy(spoils: fc.Arbitrary<Spoil>): fc.Arbitrary<Message> {
  return fc.tuple(calls, spoils).map(([call, spoil]) => spoil(call))
}

/** Calls that are still JSON-RPC, and change nothing. */
export const senselessCalls = spoiltBy(senseless)

/** What was a call, and spoils the batch it is in. */
export const shapelessCalls = spoiltBy(shapeless)
