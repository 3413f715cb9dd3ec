// What the client does with its calls, as client/call.ts and client/key-ring.ts do it: keys, tries, ends.
import type { CallKey } from '../call.ts'
import type { FailureCause } from './rules.ts'
import { type Call, type Client, NO_SESSION, replaced, type State, withBit } from './state.ts'
import type { Protocol } from './step.ts'

const CLIENT = 'client'

/** A key for a new call, and the client that remembers it to be running. */
export function takeKey(client: Client, { rules, setting }: Protocol): { client: Client; key: CallKey | undefined } {
  if (setting.calls === 'keyless') return { client, key: undefined }
  const seq = client.nextSeq
  const running = withBit(client.running, seq)
  const acknowledgedBelow = rules.markBelow === 'itself' ? seq : lowest(running)
  return { client: { ...client, nextSeq: seq + 1, running }, key: { client: CLIENT, seq, acknowledgedBelow } }
}

/** The call of that key will never be sent again. */
export function releaseKey(client: Client, key: CallKey | undefined): Client {
  return key ? { ...client, running: client.running & ~(1 << key.seq) } : client
}

/** The key of a call's next try. */
export function nextKey(client: Client, call: Call, protocol: Protocol) {
  let after = client
  const taken: CallKey[] = []
  const take = () => {
    const next = takeKey(after, protocol)
    after = next.client
    if (next.key) taken.push(next.key)
    return next.key
  }
  const first = call.keys[0]
  const key = first ? protocol.rules.client.keyOfNextTry(first, () => take() ?? first) : take()
  return { client: after, key, keys: [...call.keys, ...taken] }
}

export function withCall(client: Client, index: number, call: Call): Client {
  return { ...client, calls: replaced(client.calls, index, call) }
}

/** The call has ended for its caller. */
export function endCall(state: State, index: number, outcome: 'ok' | 'fail' | 'unknown', protocol: Protocol): State {
  const call = state.client.calls[index]
  if (!call) return state
  let client = withCall(state.client, index, {
    phase: outcome,
    session: NO_SESSION,
    lossesHere: 0,
    soFar: 'fail',
    keys: [],
    replies: [],
  })
  if (protocol.rules.client.acknowledged(outcome)) {
    client = call.keys.reduce((now, key) => releaseKey(now, key), client)
  }
  return unheard({ ...state, client }, index)
}

/** A try has failed: the call waits for a session to be repeated on, or it ends. */
export function failTry(
  state: State,
  index: number,
  failure: { readonly cause: FailureCause; readonly outcome: 'fail' | 'unknown' },
  protocol: Protocol,
): State {
  const call = state.client.calls[index]
  if (!call) return state
  const { cause, outcome } = failure
  const rules = protocol.rules.client
  const soFar = outcome === 'unknown' ? 'unknown' : call.soFar
  const losses = call.lossesHere + (cause === 'connection' ? 1 : 0)
  const next = rules.whereNext({ cause, lossesHere: losses })
  const lost = next === 'new session' ? loseSession(state.client, call.session) : state.client
  const here = next === 'same session' ? { lossesHere: losses } : { session: NO_SESSION, lossesHere: 0 }
  const waiting: Call = { ...call, phase: 'waiting', soFar, replies: [], ...here }
  const after = { ...state, client: withCall(lost, index, waiting) }
  const ends = next === 'nowhere' || !rules.mayRepeat({ repeatability: protocol.setting.calls, outcome })
  return ends ? endCall(after, index, soFar, protocol) : unheard(after, index)
}

/** No further try is sent on it. */
export function loseSession(client: Client, session: number): Client {
  if (client.current !== session) return client
  const calls = client.calls.map((call) =>
    call.phase === 'waiting' ? { ...call, session: NO_SESSION, lossesHere: 0 } : call,
  )
  return { ...client, current: NO_SESSION, calls }
}

function unheard(state: State, call: number): State {
  const deaf = <R extends { readonly call: number; readonly heard: boolean }>(request: R): R =>
    request.call === call && request.heard ? { ...request, heard: false } : request
  const { network, store } = state
  return {
    ...state,
    network: { ...network, calls: network.calls.map(deaf) },
    store: { ...store, recording: store.recording.map(deaf) },
  }
}

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
