// A second client: it resumes the session that the first one holds into one of its own, and makes a call there. Nobody
// else touches that one, so its copy is one step.
import type { CallKey } from '../call.ts'
import { type State, withBit } from './state.ts'
import type { Move, Protocol } from './step.ts'
import { stored } from './store-moves.ts'
import { admission, executed, type KeyedBy, mergedRecords, NOTHING_STORED, recorded, SECOND_CLIENT } from './stored.ts'

/** The place of its call among the effects. */
export const FORK_CALL = 2

export function* forkMoves(state: State, protocol: Protocol): Generator<Move> {
  const { fork, client } = state
  if (protocol.setting.secondClient === 'absent') return
  if (fork.phase === 'none') {
    const owed = client.calls.reduce((bits, { phase }, at) => (phase === 'ok' ? withBit(bits, at) : bits), 0)
    // Before a call was acknowledged a fork is owed nothing.
    if (owed === 0) return
    const from = client.confirmed
    yield { step: { kind: 'forkAsked', from }, state: { ...state, fork: { phase: 'asked', from, owed } } }
  } else if (fork.phase === 'asked') {
    const copy = copyOf(state, fork.from, protocol)
    const keyed = keyedBy(2, protocol)
    const { store } = protocol.rules
    const admitted = admission(copy, keyed, store)
    const after = admitted === 'new' ? recorded(executed(copy, FORK_CALL), keyed, store) : copy
    const step = { kind: 'forkCalled', from: fork.from, values: [...copy.effects], admitted } as const
    yield { step, state: { ...state, fork: { phase: 'called', owed: fork.owed, held: after, admitted } } }
  }
}

function copyOf(state: State, from: number, protocol: Protocol) {
  const { store } = protocol.rules
  const { live, effects, records } = stored(state, from)
  if (!live) return NOTHING_STORED
  const copied = store.recordsCopied ? mergedRecords(NOTHING_STORED, records, store) : NOTHING_STORED.records
  return recorded({ live, effects, records: copied }, keyedBy(1, protocol), store)
}

/** Its resume is its call 1, and that has ended when it makes its call 2. */
function keyedBy(seq: number, { setting }: Protocol): KeyedBy {
  const key: CallKey | undefined =
    setting.calls === 'keyed' ? { client: 'second', seq, acknowledgedBelow: seq } : undefined
  return { client: SECOND_CLIENT, key }
}
