// What can happen to a call on the client's side: a try is sent, its reply is heard, it fails, its caller gives up.
import { endCall, failTry, nextKey, withCall } from './client.ts'
import { hasBit, NO_SESSION, replaced, type State } from './state.ts'
import type { Move, Protocol } from './step.ts'

export function* callMoves(state: State, protocol: Protocol): Generator<Move> {
  for (const [index, call] of state.client.calls.entries()) {
    // The calls are alike: whichever is sent first is called A.
    if (call.phase === 'new' && state.client.calls[index - 1]?.phase === 'new') continue
    if (call.phase === 'new' || call.phase === 'waiting') yield* sending(state, index, protocol)
    if (call.phase === 'sent') yield* hearing(state, index, protocol)
    // Its deadline may also be reached while a try is under way: the same as losing that try first.
    if (call.phase === 'waiting') yield givingUp(state, index, call.soFar, protocol)
  }
}

function* sending(state: State, index: number, protocol: Protocol): Generator<Move> {
  const { current } = state.client
  const call = state.client.calls[index]
  if (!call || current === NO_SESSION) return
  const { client, key, keys } = nextKey(state.client, call, protocol)
  const lossesHere = call.session === current ? call.lossesHere : 0
  const sent = { ...call, phase: 'sent', session: current, keys, lossesHere, replies: [] } as const
  const request = { call: index, session: current, key, heard: true, undelivered: 1 }
  yield {
    step: { kind: 'send', call: index, on: current, key },
    state: {
      ...state,
      client: withCall(client, index, sent),
      network: { ...state.network, calls: [...state.network.calls, request] },
    },
  }
}

function* hearing(state: State, index: number, protocol: Protocol): Generator<Move> {
  const call = state.client.calls[index]
  if (!call) return
  const on = call.session
  const resume = hasBit(state.client.resumed, on) ? 'sent' : 'unsent'
  if (protocol.rules.client.replyCounts({ resume })) {
    for (const reply of call.replies) {
      const outcome = reply === 'ok' ? 'ok' : call.soFar
      yield { step: { kind: 'hear', call: index, on, outcome }, state: endCall(state, index, outcome, protocol) }
    }
  }
  for (const cause of ['connection', 'silence'] as const) {
    yield {
      step: { kind: 'failTry', call: index, on, cause },
      state: failTry(state, index, { cause, outcome: 'unknown' }, protocol),
    }
  }
  yield* refusing(state, index, protocol)
}

/** An instance answers that the store surely did nothing. When it did not, and when that is heard, is one step. */
function* refusing(state: State, index: number, protocol: Protocol): Generator<Move> {
  const calls = state.network.calls
  const at = calls.findIndex((request) => request.call === index && request.heard && request.undelivered > 0)
  const request = calls[at]
  if (!request) return
  const spent = replaced(calls, at, { ...request, undelivered: request.undelivered - 1 })
  const refused = { ...state, network: { ...state.network, calls: spent } }
  yield {
    step: { kind: 'failTry', call: index, on: request.session, cause: 'store' },
    state: failTry(refused, index, { cause: 'store', outcome: 'fail' }, protocol),
  }
}

function givingUp(state: State, index: number, outcome: 'fail' | 'unknown', protocol: Protocol): Move {
  return { step: { kind: 'giveUp', call: index, outcome }, state: endCall(state, index, outcome, protocol) }
}
