// What a resume does in the store, as server/store/copy.ts does it: one step reads the source whole, one writes the
// target whole, unless somebody has written the target in between.
import { arrivals } from './arrivals.ts'
import type { Copying, Reply, ResumeRequest, State } from './state.ts'
import type { Move, Protocol } from './step.ts'
import { stored, written } from './store-moves.ts'
import { admission, FIRST_CLIENT, mergedRecords, recorded, type Stored } from './stored.ts'

export function* copyMoves(state: State, protocol: Protocol): Generator<Move> {
  const { network } = state
  const doubled = protocol.setting.doubled === 'calls alone' ? 0 : network.duplicates
  for (const { arrival, request, left } of arrivals(network.resumes, doubled)) {
    const duplicates = network.duplicates - (arrival === 'again' ? 1 : 0)
    yield read({ ...state, network: { ...network, resumes: left, duplicates } }, request, arrival, protocol)
  }
  for (const [at, copy] of state.store.copying.entries()) {
    const copying = state.store.copying.filter((_, other) => other !== at)
    const after = { ...state, store: { ...state.store, copying } }
    yield copy.records === undefined ? readRecords(after, copy) : write(after, copy, copy.records, protocol)
  }
}

function read(state: State, request: ResumeRequest, arrival: 'first' | 'again', { rules }: Protocol): Move {
  const { from, to, key } = request
  const told = { from, to, arrival }
  if (rules.store.copyOnce) {
    const admitted = admission(stored(state, to), { client: FIRST_CLIENT, key }, rules.store)
    if (admitted === 'stale') return { step: { kind: 'copyStale', ...told }, state: replied(state, request, 'stale') }
    if (admitted === 'kept') return { step: { kind: 'copyFromRecord', ...told }, state: replied(state, request, 'ok') }
  }
  const source = stored(state, from)
  if (!source.live && !stored(state, to).live) {
    // As the store: a session without a value is none, and so keeps no record of this either.
    return { step: { kind: 'copyNothing', ...told }, state: replied(state, request, 'ok') }
  }
  const whole = rules.store.snapshotWhole
  const { live, effects, records } = source
  const copy: Copying = {
    request: { ...request, undelivered: 0 },
    values: { live, effects },
    records: whole ? records : undefined,
  }
  const copying = [...state.store.copying, copy]
  return {
    step: { kind: whole ? 'read' : 'readValues', ...told, found: [...effects] },
    state: { ...state, store: { ...state.store, copying } },
  }
}

function readRecords(state: State, copy: Copying): Move {
  const { from, to } = copy.request
  const { records } = stored(state, from)
  return {
    step: { kind: 'readRecords', from, to, arrival: 'first', found: [...copy.values.effects] },
    state: { ...state, store: { ...state.store, copying: [...state.store.copying, { ...copy, records }] } },
  }
}

function write(state: State, copy: Copying, records: Stored['records'], { rules }: Protocol): Move {
  const { request, values } = copy
  const { from, to, key } = request
  const target = stored(state, to)
  const merged = rules.store.recordsCopied ? mergedRecords(target, records, rules.store) : target.records
  const base = values.live ? { ...values, records: merged } : target
  const now = rules.store.copyOnce ? recorded(base, { client: FIRST_CLIENT, key }, rules.store) : base
  return {
    step: { kind: 'write', from, to, values: [...now.effects] },
    state: replied(written(state, to, now, rules.store), request, 'ok'),
  }
}

function replied(state: State, { heard }: ResumeRequest, reply: Reply): State {
  const { resume } = state.client
  if (!heard || !resume || resume.replies.includes(reply)) return state
  const replies = [...resume.replies, reply].sort()
  return { ...state, client: { ...state.client, resume: { ...resume, replies } } }
}
