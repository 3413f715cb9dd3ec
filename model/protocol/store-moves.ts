// What a call does in the store: its effect and its record in one step, or the reply of its record, or a refusal.
import { arrivals } from './arrivals.ts'
import type { StoreRules } from './rules.ts'
import { type CallRequest, type Reply, replaced, type State, withBit } from './state.ts'
import type { Move, Protocol, Step } from './step.ts'
import { admission, executed, FIRST_CLIENT, NOTHING_STORED, recorded, type Stored } from './stored.ts'

export function* storeMoves(state: State, protocol: Protocol): Generator<Move> {
  const { network } = state
  for (const { arrival, request, left } of arrivals(network.calls, network.duplicates)) {
    const duplicates = network.duplicates - (arrival === 'again' ? 1 : 0)
    const duplicated = arrival === 'again' ? withBit(network.duplicated, request.call) : network.duplicated
    const after = { ...state, network: { ...network, calls: left, duplicates, duplicated } }
    yield arrive(after, request, arrival, protocol)
  }
  yield* recording(state, protocol)
  if (protocol.setting.deleteEnds === 'the state too') yield* deleting(state, protocol)
}

function arrive(state: State, request: CallRequest, arrival: 'first' | 'again', { rules }: Protocol): Move {
  const { call, session: on, key } = request
  const { store } = rules
  const keyed = { client: FIRST_CLIENT, key }
  const now = stored(state, on)
  const told = { call, on, arrival }
  switch (admission(now, keyed, store)) {
    case 'stale':
      return { step: { kind: 'refuseStale', ...told }, state: replied(state, request, 'stale') }
    case 'kept':
      return { step: { kind: 'answerFromRecord', ...told }, state: replied(state, request, 'ok') }
    case 'new': {
      const done = executed(now, call)
      if (store.recordsInSameStep) {
        const after = written(state, on, recorded(done, keyed, store), store)
        return { step: { kind: 'execute', ...told }, state: replied(after, request, 'ok') }
      }
      const after = written(state, on, done, store)
      const recording = [...after.store.recording, { ...request, undelivered: 0 }]
      return { step: { kind: 'executeUnrecorded', ...told }, state: { ...after, store: { ...after.store, recording } } }
    }
  }
}

function* recording(state: State, { rules }: Protocol): Generator<Move> {
  for (const [at, request] of state.store.recording.entries()) {
    const { call, session: on, key } = request
    const now = recorded(stored(state, on), { client: FIRST_CLIENT, key }, rules.store)
    const after = written(state, on, now, rules.store)
    const left = state.store.recording.filter((_, other) => other !== at)
    const step: Step = { kind: 'record', call, on }
    yield { step, state: replied({ ...after, store: { ...after.store, recording: left } }, request, 'ok') }
  }
}

function* deleting(state: State, { rules }: Protocol): Generator<Move> {
  for (const session of state.store.sessions.keys()) {
    if ((state.network.deletes & (1 << session)) === 0) continue
    const network = { ...state.network, deletes: state.network.deletes & ~(1 << session) }
    yield {
      step: { kind: 'deleteArrives', session },
      state: written({ ...state, network }, session, NOTHING_STORED, rules.store),
    }
  }
}

export function stored(state: State, session: number): Stored {
  return state.store.sessions[session] ?? NOTHING_STORED
}

/** A copy into that session that has read it and not written it yet begins again, where the store compares revisions. */
export function written(state: State, session: number, now: Stored, { copyComparesRevision }: StoreRules): State {
  const { store, network } = state
  const sessions = replaced(store.sessions, session, now)
  const overtaken = copyComparesRevision ? store.copying.filter(({ request }) => request.to === session) : []
  if (overtaken.length === 0) return { ...state, store: { ...store, sessions } }
  const begun = overtaken.map(({ request }) => ({ ...request, undelivered: 1 }))
  const copying = store.copying.filter((copy) => !overtaken.includes(copy))
  return {
    ...state,
    network: { ...network, resumes: [...network.resumes, ...begun] },
    store: { ...store, sessions, copying },
  }
}

function replied(state: State, request: CallRequest, reply: Reply): State {
  const call = state.client.calls[request.call]
  if (!request.heard || !call || call.replies.includes(reply)) return state
  const calls = replaced(state.client.calls, request.call, { ...call, replies: [...call.replies, reply].sort() })
  return { ...state, client: { ...state.client, calls } }
}
