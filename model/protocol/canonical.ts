// One spelling for states that have the same future. Requests are a bag: their order says nothing and equal ones are
// counted. The shortcuts leave out what can change nothing any more; shortcuts.test.ts searches without them too.
import { inPlay } from './in-play.ts'
import type { StoreRules } from './rules.ts'
import { type CallRequest, type Client, hasBit, type ResumeRequest, type State } from './state.ts'
import type { Protocol } from './step.ts'
import { stored } from './store-moves.ts'
import { admission, FIRST_CLIENT, NOTHING_STORED } from './stored.ts'
import { textOfCallRequest, textOfResumeRequest } from './text.ts'

export function canonical(state: State, { rules, setting }: Protocol): State {
  const used = setting.shortcuts === 'taken' ? withoutSpent(withoutUnused(state), rules.store) : state
  const { client, network } = used
  const { duplicates } = network
  return {
    ...used,
    client: withoutOldResumes(client),
    network: {
      ...network,
      calls: bag(network.calls, duplicates, textOfCallRequest),
      resumes: bag(network.resumes, duplicates, textOfResumeRequest),
      duplicated: duplicatedOf(used),
    },
  }
}

/** What lies in sessions that are out of play, or is on its way there, is gone; so is a fork that has been looked at. */
function withoutUnused(state: State): State {
  const { network, store } = state
  const fork = state.fork.phase === 'called' ? ({ phase: 'left' } as const) : state.fork
  const played = inPlay(state)
  const used = (session: number) => hasBit(played, session)
  const sessions = store.sessions.map((now, session) => (used(session) ? now : NOTHING_STORED))
  const copying = onlyIf(store.copying, ({ request }) => used(request.to))
  const recording = onlyIf(store.recording, ({ session }) => used(session))
  const calls = onlyIf(network.calls, ({ session }) => used(session))
  const resumes = onlyIf(network.resumes, ({ to }) => used(to))
  const deletes = network.deletes & played
  return { ...state, fork, store: { sessions, copying, recording }, network: { ...network, deletes, calls, resumes } }
}

/** Most lists are short and stay whole. */
function onlyIf<T>(list: readonly T[], wanted: (item: T) => boolean): readonly T[] {
  return list.every(wanted) ? list : list.filter(wanted)
}

/**
 * A request that nobody listens to and that its session would not run is gone: a session that has a call's record, or
 * a mark above it, never runs it again, as stored.test.ts shows.
 */
function withoutSpent(state: State, rules: StoreRules): State {
  if (!rules.refuseStale) return state
  const { network } = state
  const mayRun = (session: number, { key }: CallRequest | ResumeRequest) =>
    admission(stored(state, session), { client: FIRST_CLIENT, key }, rules) === 'new'
  const calls = onlyIf(network.calls, (request) => request.heard || mayRun(request.session, request))
  const resumes = onlyIf(network.resumes, (request) => request.heard || !rules.copyOnce || mayRun(request.to, request))
  if (calls === network.calls && resumes === network.resumes) return state
  return { ...state, network: { ...network, calls, resumes } }
}

/** Whether a session was resumed is asked only where a reply from it may still come. */
function withoutOldResumes(client: Client): Client {
  if (client.resumed === 0) return client
  let listened = 0
  for (const { phase, session } of client.calls) if (phase === 'sent') listened |= 1 << session
  return (client.resumed & listened) === client.resumed ? client : { ...client, resumed: client.resumed & listened }
}

/** Whether a call was doubled is asked only of those that may end as surely not executed. */
function duplicatedOf({ client, network }: State): number {
  if (network.duplicated === 0) return 0
  return client.calls.reduce((bits, { phase, soFar }, call) => {
    const matters = phase === 'fail' || ((phase === 'sent' || phase === 'waiting') && soFar === 'fail')
    return matters ? bits : bits & ~(1 << call)
  }, network.duplicated)
}

function bag<R extends CallRequest | ResumeRequest>(
  requests: readonly R[],
  duplicates: number,
  name: (request: R) => string,
): readonly R[] {
  const possible = duplicates > 0 ? requests : requests.filter(({ undelivered }) => undelivered > 0)
  if (possible.length < 2) return possible
  const counted = new Map<string, R>()
  for (const request of possible) {
    const same = counted.get(name(request))
    counted.set(name(request), same ? { ...same, undelivered: same.undelivered + request.undelivered } : request)
  }
  return [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, request]) => request)
}
