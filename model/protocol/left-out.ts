// Each rule left out in turn, in the smallest setting where that breaks a promise, and the few whose absence breaks none
// here: what they are for lies outside the model, and the page says so.
import { PROMISES, type PromiseName } from './promises.ts'
import type { ClientRules, Rules, StoreRules } from './rules.ts'
import { type Found, type Story, search } from './search.ts'
import type { Setting } from './setting.ts'
import { SMALL } from './settings.ts'

export interface LeftOut {
  readonly rule: string
  readonly client?: Partial<ClientRules>
  readonly markBelow?: Rules['markBelow']
  readonly store?: Partial<StoreRules>
  /** What its setting has that the small one has not. */
  readonly setting?: Partial<Setting>
}

/** Without it that promise is broken. */
export interface Needed extends LeftOut {
  readonly breaks: PromiseName
}

const HELD = 'an acknowledged call is once in the session that the client holds'

const againAfterUnknown: ClientRules['afterResume'] = ({ outcome }) => {
  if (outcome === 'unknown') return 'again'
  return outcome === 'ok' ? 'confirm' : 'abandon'
}

export const NEEDED: readonly Needed[] = [
  { rule: 'replyCounts', client: { replyCounts: () => true }, breaks: HELD },
  {
    rule: 'afterResume, of a failed resume',
    client: { afterResume: ({ outcome }) => (outcome === 'unknown' ? 'abandon' : 'confirm') },
    breaks: HELD,
  },
  {
    rule: 'afterResume, of an unknown resume',
    client: { afterResume: againAfterUnknown },
    setting: { calls: 'keyless' },
    breaks: HELD,
  },
  {
    rule: 'afterResume, of an unknown resume of no state',
    client: { afterResume: againAfterUnknown },
    setting: { start: 'no state' },
    breaks: HELD,
  },
  { rule: 'resumeFrom', client: { resumeFrom: ({ opened }) => opened }, setting: { sessions: 3 }, breaks: HELD },
  { rule: 'usable', client: { usable: () => true }, breaks: HELD },
  { rule: 'mayDelete', client: { mayDelete: () => true }, setting: { deleteEnds: 'the state too' }, breaks: HELD },
  { rule: 'keyOfNextTry', client: { keyOfNextTry: (_, take) => take() }, breaks: HELD },
  { rule: 'mayRepeat', client: { mayRepeat: () => true }, setting: { calls: 'keyless' }, breaks: HELD },
  { rule: 'acknowledged', client: { acknowledged: (outcome) => outcome !== 'unknown' }, breaks: 'records stay few' },
  { rule: 'markBelow', markBelow: 'itself', breaks: 'a call that runs is not refused as stale' },
  { rule: 'recordsInSameStep', store: { recordsInSameStep: false }, breaks: HELD },
  { rule: 'recordsCopied', store: { recordsCopied: false }, breaks: HELD },
  { rule: 'snapshotWhole', store: { snapshotWhole: false }, breaks: HELD },
  { rule: 'copyOnce', store: { copyOnce: false }, setting: { duplicates: 1 }, breaks: HELD },
  { rule: 'copyComparesRevision', store: { copyComparesRevision: false }, setting: { duplicates: 1 }, breaks: HELD },
  { rule: 'refuseStale', store: { refuseStale: false }, breaks: HELD },
  { rule: 'dropBelowMark', store: { dropBelowMark: false }, breaks: 'records stay few' },
  {
    rule: 'recordsPerClient',
    store: { recordsPerClient: false },
    setting: { secondClient: 'forks' },
    breaks: 'a fork holds once what was acknowledged when it was asked for',
  },
]

/** No promise is broken without it, in that setting. */
export const NOT_NEEDED: readonly LeftOut[] = [
  { rule: 'whereNext', client: { whereNext: () => 'new session' }, setting: { sessions: 3 } },
  { rule: 'mayDelete, where DELETE ends the protocol session alone', client: { mayDelete: () => true } },
  {
    rule: 'afterResume, of an unknown resume of some state, where resumes carry keys',
    client: { afterResume: againAfterUnknown },
  },
]

export function leaveOut({ client, markBelow, store }: LeftOut, rules: Rules): Rules {
  return {
    client: { ...rules.client, ...client },
    markBelow: markBelow ?? rules.markBelow,
    store: { ...rules.store, ...store },
  }
}

/** What its setting shows without that rule: of one that is needed, the promise that it breaks. */
export function searchWithout(left: Needed | LeftOut, rules: Rules): Found {
  const promises = 'breaks' in left ? { [left.breaks]: PROMISES[left.breaks] } : PROMISES
  return search({ rules: leaveOut(left, rules), setting: { ...SMALL, ...left.setting } }, promises)
}

/** The shortest story that breaks a promise without that rule. */
export function storyWithout(rule: string, rules: Rules): Story {
  const left = NEEDED.find((needed) => needed.rule === rule)
  const found = left && searchWithout(left, rules)
  if (found?.kind !== 'broken') throw new Error(`No story is known of what happens without ${rule}`)
  return found.story
}
