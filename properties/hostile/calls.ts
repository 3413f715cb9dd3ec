// Calls of tools that a right server executes, with what they change.
import fc from 'fast-check'
import { keyed } from './call-keys.ts'
import type { Effect } from './effect.ts'
import { junkJson, junkText } from './junk.ts'
import type { Members } from './members.ts'

/** A valid `tools/call`. Its session's own id stands in for {@link OWN_SESSION}. */
export interface Call {
  readonly tool: string
  readonly args: Members
  readonly meta: Members
  readonly effects: readonly Effect[]
}

/** Replaced, wherever it stands, by the id of the session that the request is sent for. */
export const OWN_SESSION = 'OWN-SESSION-ID'

const MAX_NOTE_BYTES = 65_536
const note = junkText.filter((text) => Buffer.byteLength(text) <= MAX_NOTE_BYTES)

type Plain = Omit<Call, 'meta'>

const increments = fc.constant<Plain>({ tool: 'increment_counter', args: [], effects: [{ kind: 'increment' }] })

const notes = note.map(
  (text): Plain => ({ ...withText('add_note', 'note', text), effects: [{ kind: 'note', note: text }] }),
)

const readers = fc.constantFrom<Plain>(
  ...['get_counter', 'list_notes', 'get_server_info', 'get_status'].map((tool) => ({ tool, args: [], effects: [] })),
  { tool: 'watch_counter', args: [['duration_seconds', '0']], effects: [] },
)

/** From sessions that nobody has, and from itself. */
const resumes = fc
  .oneof(junkText, fc.constant(OWN_SESSION))
  .map((id): Plain => ({ ...withText('resume_session', 'old_session_id', id), effects: [] }))

const plain = fc.oneof(increments, notes, increments, notes, readers, resumes)

function withText(tool: string, name: string, text: string) {
  return { tool, args: [[name, JSON.stringify(text)] as const] }
}

const token = fc.oneof(
  junkText.map((text) => JSON.stringify(text)),
  fc.integer().map(String),
)

const meta: fc.Arbitrary<Members> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Members>([]) },
  { weight: 1, arbitrary: keyed },
  { weight: 1, arbitrary: token.map((json): Members => [['progressToken', json]]) },
  { weight: 1, arbitrary: junkJson.map((json): Members => [['nobody/knows', json]]) },
)

const ownArguments = new Set(['note', 'old_session_id', 'duration_seconds', 'num_items'])
const stranger = fc.tuple(
  junkText.filter((name) => !ownArguments.has(name)),
  junkJson,
)

/** Some with arguments that no tool has, which are ignored, or with a name twice, of which the last counts. */
export const calls: fc.Arbitrary<Call> = fc
  .tuple(plain, meta, fc.option(stranger), fc.option(junkJson))
  .map(([call, ownMeta, extra, earlier]) => ({
    ...call,
    meta: ownMeta,
    args: [
      ...call.args.flatMap(([name]): Members => (earlier === null ? [] : [[name, earlier]])),
      ...(extra === null ? [] : [extra]),
      ...call.args,
    ],
  }))
