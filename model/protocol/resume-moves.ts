// How a session takes over from the one before, as client/lineage.ts does it.
import { failTry, loseSession, releaseKey, takeKey } from './client.ts'
import { type Client, hasBit, NO_SESSION, type RunningResume, replaced, type State, withBit } from './state.ts'
import type { Move, Protocol, ResumeEnd } from './step.ts'

export function* resumeMoves(state: State, protocol: Protocol): Generator<Move> {
  const { client, network } = state
  const { resume } = client
  if (!resume) {
    yield* opening(state, protocol)
    return
  }
  const ends = new Set<ResumeEnd>(['nothing', ...resume.replies])
  if (network.resumes.some(({ heard, undelivered }) => heard && undelivered > 0)) ends.add('store_unavailable')
  for (const end of ends) {
    const move = resumeEnds(state, resume, end, protocol)
    if (move) yield move
  }
}

/** A call waits for a session: the client opens one and sends the resume there. */
function* opening(state: State, protocol: Protocol): Generator<Move> {
  const { client } = state
  const to = client.opened + 1
  const waiting = client.calls.some(({ phase }) => phase === 'new' || phase === 'waiting')
  if (client.current !== NO_SESSION || !waiting || to >= protocol.setting.sessions) return
  const rules = protocol.rules.client
  const from = rules.resumeFrom({ confirmed: client.confirmed, opened: client.opened })
  const taken = takeKey(client, protocol)
  const opened: Client = { ...taken.client, opened: to, current: rules.usable('opened') ? to : NO_SESSION }
  const resume = { from, to, key: taken.key, sent: 0, replies: [] }
  const after = sendResume({ ...state, client: opened }, resume, protocol)
  const givenUp = [...client.calls.keys()].filter(
    (call) => client.calls[call]?.phase === 'sent' && after.client.calls[call]?.phase !== 'sent',
  )
  const deletes = rules.mayDelete('sent') ? 'from' : 'nothing'
  yield { step: { kind: 'resume', from, to, key: taken.key, givenUp, deletes }, state: after }
}

/** From now on no reply of `from` counts: what was in flight there is repeated on its successor. */
function sendResume(state: State, resume: RunningResume, protocol: Protocol): State {
  const { from, to, key, sent } = resume
  const rules = protocol.rules.client
  const client = {
    ...state.client,
    resumed: withBit(state.client.resumed, from),
    resume: { ...resume, sent: sent + 1 },
  }
  const request = { from, to, key, heard: true, undelivered: 1 }
  const deletes = rules.mayDelete('sent') ? withBit(state.network.deletes, from) : state.network.deletes
  const resumes = [...state.network.resumes.map((old) => ({ ...old, heard: false })), request]
  let after: State = { ...state, client, network: { ...state.network, resumes, deletes } }
  if (rules.replyCounts({ resume: 'sent' })) return after
  for (const [index, call] of client.calls.entries()) {
    if (call.phase !== 'sent' || call.session !== from) continue
    after = failTry(after, index, { cause: 'resumed', outcome: 'unknown' }, protocol)
  }
  return after
}

/** The client's bound on sending a resume again; without its rule it would go on for ever. */
const RESUMES_SENT = 3

function resumeEnds(state: State, resume: RunningResume, end: ResumeEnd, protocol: Protocol): Move | undefined {
  const { from, to, sent } = resume
  const outcome = end === 'ok' ? 'ok' : end === 'nothing' ? 'unknown' : 'fail'
  const code = end === 'store_unavailable' ? end : undefined
  const then = protocol.rules.client.afterResume({ outcome, code, sent })
  const heard = end === 'store_unavailable' ? refused(state) : state
  const step = { kind: 'resumeEnds', from, to, end, then } as const
  switch (then) {
    case 'confirm':
      return { step, state: deaf(confirm(heard, resume, protocol)) }
    case 'abandon':
      return { step, state: deaf(abandon(heard, resume)) }
    case 'again':
      if (sent === RESUMES_SENT) return undefined
      return { step, state: sendResume(deaf(heard), { ...resume, replies: [] }, protocol) }
  }
}

function confirm(state: State, { from, to, key }: RunningResume, { rules }: Protocol): State {
  const client = { ...releaseKey(state.client, key), confirmed: to, current: to, resume: undefined }
  const { network } = state
  const ended = rules.client.mayDelete('confirmed') && !hasBit(network.deletes, from)
  return { ...state, client, network: ended ? { ...network, deletes: withBit(network.deletes, from) } : network }
}

function abandon(state: State, { to, key }: RunningResume): State {
  const client = { ...loseSession(releaseKey(state.client, key), to), resume: undefined }
  return { ...state, client }
}

function refused(state: State): State {
  const { resumes } = state.network
  const at = resumes.findIndex(({ heard, undelivered }) => heard && undelivered > 0)
  const request = resumes[at]
  if (!request) return state
  const spent = replaced(resumes, at, { ...request, undelivered: request.undelivered - 1 })
  return { ...state, network: { ...state.network, resumes: spent } }
}

/** Nobody listens for the reply of that resume any more. */
function deaf(state: State): State {
  const resumes = state.network.resumes.map((request) => ({ ...request, heard: false }))
  const copying = state.store.copying.map((copy) => ({ ...copy, request: { ...copy.request, heard: false } }))
  return { ...state, network: { ...state.network, resumes }, store: { ...state.store, copying } }
}
