// What must hold in every state, each promise a condition over one state.
import { FORK_CALL } from './fork-moves.ts'
import { hasBit, CALL_NAMES as NAMES, NO_SESSION, type State, withBit } from './state.ts'
import type { Step } from './step.ts'
import { NOTHING_STORED, type Stored } from './stored.ts'

/** How a state breaks a promise, in words; undefined where it keeps it. */
export type Promised = (state: State, last: Step | undefined) => string | undefined

export const PROMISES = {
  'an acknowledged call is once in the session that the client holds': (state) => {
    const { current, confirmed: session } = state.client
    // Only with a rule left out are calls sent on a session that is not confirmed. What it will have been, time shows.
    if (current !== NO_SESSION && current !== session) return undefined
    const { effects } = state.store.sessions[session] ?? NOTHING_STORED
    for (const [call, { phase }] of state.client.calls.entries()) {
      const times = effects[call] ?? 0
      if (phase === 'ok' && times === 0) return `${NAMES[call]} was acknowledged, and S${session} lacks it`
      if (times > 1) return `${NAMES[call]} is in S${session} ${times} times`
    }
    return undefined
  },
  'a call that failed was not executed, unless the network doubled it': (state) => {
    for (const [call, { phase }] of state.client.calls.entries()) {
      if (phase !== 'fail' || hasBit(state.network.duplicated, call)) continue
      const at = state.store.sessions.findIndex(({ effects }) => effects[call] !== 0)
      if (at >= 0) return `${NAMES[call]} ended as surely not executed, and is in S${at}`
    }
    return undefined
  },
  'a call that runs is not refused as stale': ({ client }) => {
    const refused = client.calls.findIndex(({ replies }) => replies.includes('stale'))
    return refused < 0 ? undefined : `${NAMES[refused]} runs, and is refused as one that has ended`
  },
  'a fork holds once what was acknowledged when it was asked for': ({ fork }) => {
    if (fork.phase !== 'called') return undefined
    const wrong = NAMES.slice(0, FORK_CALL).findIndex((_, call) => !fits(fork.held, call, hasBit(fork.owed, call)))
    if (wrong >= 0) return `${NAMES[wrong]} is in the fork ${fork.held.effects[wrong]} times`
    const lacks = fork.admitted !== 'stale' && fork.held.effects[FORK_CALL] !== 1
    return lacks ? `${NAMES[FORK_CALL]} was acknowledged, and the fork lacks it` : undefined
  },
  'records stay few': ({ client, store }) => {
    const keys = [...client.calls.flatMap((call) => call.keys), ...(client.resume?.key ? [client.resume.key] : [])]
    const running = keys.reduce((bits, { seq }) => withBit(bits, seq), 0)
    if (client.running !== running) return 'the mark stands still at a call that has ended'
    const at = store.sessions.findIndex(({ records }) => records.some(({ mark, seqs }) => seqs % 2 ** mark !== 0))
    return at < 0 ? undefined : `S${at} keeps a record below the mark`
  },
} satisfies Readonly<Record<string, Promised>>

export type PromiseName = keyof typeof PROMISES

function fits({ effects }: Stored, call: number, owed: boolean): boolean {
  return owed ? effects[call] === 1 : (effects[call] ?? 0) <= 1
}
