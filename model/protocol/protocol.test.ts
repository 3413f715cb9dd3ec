// The client's own rules and the store's, searched through every state that they can reach. What keeps a promise by
// never coming to the point proves nothing, so what must happen sometimes is looked for as well.
import { describe, expect, it } from 'vitest'
import { PROTOCOL_RULES } from '../../client/rules.ts'
import { PROMISES, type Promised } from './promises.ts'
import { STORE_RULES } from './rules.ts'
import { search } from './search.ts'
import type { Setting } from './setting.ts'
import { SEARCHED, SMALL } from './settings.ts'
import { hasBit } from './state.ts'

const RULES = { client: PROTOCOL_RULES, markBelow: 'every running call', store: STORE_RULES } as const
/** A search is all computing, on a machine that may have much else to do. */
const PATIENCE_MS = 180_000

describe('with every rule, each promise is kept in every state', () => {
  it.each(SEARCHED)(
    '$name',
    ({ setting, states }) => {
      expect(search({ rules: RULES, setting }, PROMISES)).toEqual({ kind: 'kept', states })
    },
    PATIENCE_MS,
  )
})

describe('sometimes', () => {
  const happens = (wanted: Promised, setting: Partial<Setting> = {}) => {
    const world = { ...SMALL, shortcuts: 'not taken', ...setting } as const
    return search({ rules: RULES, setting: world }, { wanted }).kind === 'broken'
  }
  const when = (condition: boolean | undefined) => (condition ? 'it happened' : undefined)

  it.each<[what: string, wanted: Promised, setting: Partial<Setting>]>([
    [
      'a call is executed on the session that the client has left',
      ({ client }, last) => when(last?.kind === 'execute' && last.on < client.confirmed),
      {},
    ],
    [
      'a copy brings along what a call did whose caller still waits',
      ({ client }, last) =>
        when(last?.kind === 'write' && last.values[0] === 1 && client.calls[0]?.phase === 'waiting'),
      {},
    ],
    [
      'a call is answered from its record on the new session',
      (_, last) => when(last?.kind === 'answerFromRecord' && last.on === 1),
      {},
    ],
    [
      'a call whose try on the old session was lost has its reply from the new one',
      ({ client }) =>
        when(
          client.calls.some((call) => call.session === 1 && call.soFar === 'unknown' && call.replies.includes('ok')),
        ),
      {},
    ],
    [
      'both calls are acknowledged after a failover',
      ({ client }) => when(client.confirmed === 1 && client.calls.every(({ phase }) => phase === 'ok')),
      {},
    ],
    [
      'both calls are acknowledged after a session was abandoned',
      ({ client }, last) =>
        when(last?.kind === 'hear' && client.confirmed === 2 && client.calls.every(({ phase }) => phase === 'ok')),
      { sessions: 3, shortcuts: 'taken' },
    ],
    [
      'a resume arrives twice',
      (_, last) => when(last?.kind === 'copyFromRecord' && last.arrival === 'again'),
      { duplicates: 1 },
    ],
    [
      'a resume that was sent again is done',
      ({ client }) => when(client.resume?.sent === 2 && client.resume.replies.includes('ok')),
      {},
    ],
    ['a late call is refused as stale', (_, last) => when(last?.kind === 'refuseStale'), {}],
    ['a late resume is refused as stale', (_, last) => when(last?.kind === 'copyStale'), { duplicates: 1 }],
    ['a call fails', ({ client }) => when(client.calls.some(({ phase }) => phase === 'fail')), {}],
    [
      'a call of unknown outcome was executed, and another was not',
      ({ client, store }) =>
        when(
          client.calls.every(({ phase }) => phase === 'unknown') &&
            store.sessions[client.confirmed]?.effects.join() === '1,0,0',
        ),
      {},
    ],
    [
      'a fork is copied from a session that the first client has left',
      ({ client, fork }, last) =>
        when(
          last?.kind === 'forkCalled' &&
            last.from < client.confirmed &&
            fork.phase === 'called' &&
            hasBit(fork.owed, 0),
        ),
      { secondClient: 'forks', shortcuts: 'taken' },
    ],
    [
      'a DELETE ends the state of the session that was left',
      ({ client }, last) => when(last?.kind === 'deleteArrives' && last.session < client.confirmed),
      { deleteEnds: 'the state too' },
    ],
  ])('%s', (_, wanted, setting) => expect(happens(wanted, setting)).toBe(true), PATIENCE_MS)

  it(
    'never happens what the rules rule out',
    () => {
      expect(happens(({ client }, last) => when(last?.kind === 'send' && last.on > client.confirmed))).toBe(false)
    },
    PATIENCE_MS,
  )
})
