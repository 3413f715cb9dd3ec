// JSON-RPC messages of every shape: calls, calls with one thing wrong, everything else that a peer may say, and noise.
import fc from 'fast-check'
import { calls, OWN_SESSION } from './calls.ts'
import { junkJson, junkText } from './junk.ts'
import { object } from './members.ts'
import { type Message, paramsOf, quiet, request } from './message.ts'
import { senselessCalls, shapelessCalls } from './spoilt.ts'

const sound = calls.map(
  (call): Message => ({ ...request('tools/call', object(paramsOf(call))), effects: call.effects }),
)

const uris = fc.oneof(
  junkText,
  junkText.map((id) => `resource://session/${id}/summary`),
  junkText
    .filter((id) => !/\p{Surrogate}/u.test(id))
    .map((id) => `resource://session/${encodeURIComponent(id)}/summary`),
  fc.constantFrom('%', '%zz', '%ff', '%ed%a0%80', OWN_SESSION).map((id) => `resource://session/${id}/summary`),
)

const METHODS = [
  'ping',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'logging/setLevel',
  'prompts/get',
  'tasks/result',
  'completion/complete',
]

/** Requests besides calls, which change nothing whatever they say. */
const others: fc.Arbitrary<Message> = fc.oneof(
  uris.map((uri) => request('resources/read', JSON.stringify({ uri }))),
  fc.tuple(fc.constantFrom(...METHODS), junkJson).map(([method, json]) =>
    request(
      method,
      object([
        ['cursor', json],
        ['level', json],
      ]),
    ),
  ),
  junkText.map((method) => request(`no ${method}`, '{}')),
)

const NOTIFICATIONS = ['initialized', 'cancelled', 'progress', 'roots/list_changed', 'nobody/knows']

/** What is never answered: notifications, calls without an id, responses that nobody asked for. */
const unanswered: fc.Arbitrary<Message> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NOTIFICATIONS), fc.constantFrom('requestId', 'progressToken'), junkJson)
    .map(([name, param, json]) =>
      quiet([
        ['method', `"notifications/${name}"`],
        ['params', object([[param, json]])],
      ]),
    ),
  calls.map((call) =>
    quiet([
      ['method', '"tools/call"'],
      ['params', `{"name":${JSON.stringify(call.tool)}}`],
    ]),
  ),
  fc.integer().map((id) =>
    quiet([
      ['id', `${id}`],
      ['result', '{"content":[]}'],
    ]),
  ),
  fc.integer().map((id) =>
    quiet([
      ['id', `${id}`],
      ['error', '{"code":-32603,"message":"never asked"}'],
    ]),
  ),
)

const noise = junkJson.map((json): Message => ({ json: () => json, effects: [], wellFormed: false }))

export const messages: fc.Arbitrary<Message> = fc.oneof(
  { weight: 8, arbitrary: sound },
  { weight: 5, arbitrary: senselessCalls },
  { weight: 4, arbitrary: shapelessCalls },
  { weight: 3, arbitrary: others },
  { weight: 2, arbitrary: unanswered },
  { weight: 1, arbitrary: noise },
)
