// One server's health: what checks and calls make of it, and when the next check is due, as a table of facts.
import { describe, expect, it } from 'vitest'
import { twinText } from '../../../haproxy/testing/twin.ts'
import { readConfiguration } from './configuration.ts'
import {
  type CheckResult,
  checkBegun,
  checkConnected,
  checkEnded,
  type Health,
  type HealthRules,
  healthRules,
  madeUp,
  shutsSessions,
} from './health.ts'
import { firstHealths } from './health-start.ts'
import { afterCall, type CallEvent } from './passive-health.ts'

function rules(edits: Readonly<Record<string, string>> = {}): readonly HealthRules[] {
  const backend = readConfiguration(twinText(edits), {}).backends.get('mcp_servers')
  return backend?.servers.map((server) => healthRules(backend, server)) ?? []
}

function first(edits: Readonly<Record<string, string>> = {}) {
  const [own, ...others] = rules(edits)
  if (own === undefined) throw new Error('no server')
  const [health] = firstHealths([own, ...others], 0)
  if (health === undefined) throw new Error('no health')
  return { own, health }
}

const OK = { status: 200 }
const DRAINS = { status: 404 }
const ILL = { status: 503 }

const check = (health: Health, own: HealthRules, result: CheckResult, now = 0) =>
  checkEnded(checkConnected(checkBegun(health, own, now), own, now), own, result, now)
const checks = (start: Health, own: HealthRules, ...results: CheckResult[]) =>
  results.reduce((health, result) => check(health, own, result), start)
/** The state, and in how long the next check is due. */
const told = ({ state, check: next }: Health) => [state, next.phase === 'waiting' ? next.dueAt : next.phase]
const well = (edits: Readonly<Record<string, string>> = {}) => {
  const { own, health } = first(edits)
  return { own, health: check(health, own, OK) }
}

describe('a server that has just started', () => {
  it('is up, and its first check soon, a share of the interval after the one before it', () => {
    const starting = firstHealths(rules(), 1_000)
    expect(starting.map(told)).toEqual([
      ['up', 1_000],
      ['up', 1_066],
      ['up', 1_133],
    ])
  })

  it('waits a share of a long interval where there is no `fastinter`', () => {
    const starting = firstHealths(rules({ 'fastinter "${CHECK_FASTINTER-200ms}"': '' }), 0)
    expect(starting.map(told)).toEqual([
      ['up', 0],
      ['up', 1_666],
      ['up', 3_333],
    ])
  })

  it('is never checked without `check`', () => {
    const starting = firstHealths(rules({ 'default-server check inter': 'default-server inter' }), 0)
    expect(starting.map(told)).toEqual([
      ['up', 'none'],
      ['up', 'none'],
      ['up', 'none'],
    ])
  })

  it('is down by one check that fails, and well by one that passes', () => {
    const { own, health } = first()
    expect(told(check(health, own, 'refused'))).toEqual(['down', 500])
    expect(told(check(health, own, OK))).toEqual(['up', 5_000])
  })

  it('is well when it is told to be', () => {
    const { own, health } = first()
    expect(checks(madeUp(health, own), own, ILL, ILL).state).toBe('up')
  })
})

describe('a server that is well', () => {
  it.each<[CheckResult]>([['refused'], ['closed'], ['timeout'], [ILL], [DRAINS]])(
    'is down by `fall` checks in a row that end with %j, asked every `fastinter` meanwhile',
    (result) => {
      const { own, health } = well({ 'http-check disable-on-404': '' })
      expect(told(checks(health, own, result))).toEqual(['up', 200])
      expect(told(checks(health, own, result, result))).toEqual(['up', 200])
      expect(told(checks(health, own, result, result, result))).toEqual(['down', 500])
      expect(checks(health, own, result, result, result, result).downs).toBe(1)
    },
  )

  it.each([200, 204, 302, 399])('stays up by %i', (status) => {
    const { own, health } = well()
    expect(told(checks(health, own, { status }))).toEqual(['up', 5_000])
  })

  it('has all its points back by one check that passes', () => {
    const { own, health } = well()
    expect(told(checks(health, own, ILL, ILL, OK, ILL, ILL))).toEqual(['up', 200])
  })

  it('drains while it answers 404, is up again after, and down by `fall` others', () => {
    const { own, health } = well()
    const draining = checks(health, own, DRAINS)
    expect(told(draining)).toEqual(['draining', 5_000])
    expect(checks(draining, own, OK)).toMatchObject({ state: 'up', downs: 0 })
    expect(checks(draining, own, 'refused', 'refused').state).toBe('draining')
    expect(checks(draining, own, 'refused', 'refused', 'refused')).toMatchObject({ state: 'down', downs: 1 })
  })
})

describe('a server that is down', () => {
  it('is up by `rise` checks in a row that pass, asked every `downinter` and then every `fastinter`', () => {
    const { own, health } = first()
    const down = checks(health, own, 'refused')
    expect(told(down)).toEqual(['down', 500])
    expect(told(checks(down, own, OK))).toEqual(['down', 200])
    expect(told(checks(down, own, OK, OK))).toEqual(['up', 5_000])
    expect(told(checks(down, own, OK, ILL, OK))).toEqual(['down', 200])
  })

  it('is not up by 404, nor draining', () => {
    const { own, health } = first()
    expect(checks(health, own, 'refused', DRAINS, DRAINS, DRAINS).state).toBe('down')
  })

  it('is asked every `inter` where no other interval is given', () => {
    const { own, health } = first({ 'downinter "${CHECK_DOWNINTER-500ms}"': '' })
    expect(told(check(health, own, 'refused'))).toEqual(['down', 5_000])
  })
})

describe('a check', () => {
  it('has `timeout connect` for its connection, and then `timeout check` for the answer', () => {
    const { own, health } = well()
    const begun = checkBegun(health, own, 1_000)
    expect(begun.check).toEqual({ phase: 'connecting', failsAt: 1_300 })
    expect(checkConnected(begun, own, 1_200).check).toEqual({ phase: 'asking', failsAt: 2_200 })
  })

  it('has one interval for all of it without `timeout check`', () => {
    const { own, health } = well({ 'timeout check': '# timeout check' })
    const begun = checkBegun(health, own, 1_000)
    expect(begun.check).toEqual({ phase: 'connecting', failsAt: 6_000 })
    expect(checkConnected(begun, own, 1_200).check).toEqual({ phase: 'asking', failsAt: 6_000 })
  })

  it('has passed when it is connected, without `option httpchk`', () => {
    const { own, health } = well({ 'option httpchk': '' })
    expect(told(checkConnected(checkBegun(health, own, 0), own, 10))).toEqual(['up', 5_010])
  })

  it('is followed by the next one an interval after its end', () => {
    const { own, health } = well()
    expect(checkEnded(checkBegun(health, own, 1_000), own, OK, 1_700).check).toEqual({ phase: 'waiting', dueAt: 6_700 })
  })
})

describe('calls that meet', () => {
  const OBSERVE = 'default-server observe layer7 error-limit 2 on-error fastinter'
  const on = (onError: string) => ({ [OBSERVE]: OBSERVE.replace('fastinter', onError) })
  const calls = (start: Health, own: HealthRules, ...events: CallEvent[]) =>
    events.reduce((health, event) => afterCall(health, own, event, 1_000), start)

  it.each<[CallEvent]>([['not-connected'], ['closed'], ['timeout'], ['invalid-response'], [{ status: 500 }], [ILL]])(
    '%j twice in a row bring the next check forward, and change nothing else',
    (event) => {
      const { own, health } = well()
      expect(told(calls(health, own, event))).toEqual(['up', 5_000])
      expect(told(calls(health, own, event, event))).toEqual(['up', 1_200])
      expect(calls(health, own, event, event)).toMatchObject({ errors: 0, points: health.points })
    },
  )

  it.each<[CallEvent]>([[OK], [{ status: 404 }], [{ status: 501 }], [{ status: 505 }]])(
    '%j in between begin to count again',
    (event) => {
      const { own, health } = well()
      expect(told(calls(health, own, 'closed', event, 'closed'))).toEqual(['up', 5_000])
      expect(told(calls(health, own, 'closed', 'connected', 'closed'))).toEqual(['up', 1_200])
    },
  )

  it('no error are counted by `layer7` alone: `layer4` counts connections', () => {
    const { own, health } = well({ 'observe layer7': 'observe layer4' })
    expect(told(calls(health, own, ILL, ILL, 'closed'))).toEqual(['up', 5_000])
    expect(told(calls(health, own, 'not-connected', 'connected', 'not-connected'))).toEqual(['up', 5_000])
    expect(told(calls(health, own, 'not-connected', 'not-connected'))).toEqual(['up', 1_200])
  })

  it('a check that passes begins to count again too', () => {
    const { own, health } = well()
    expect(calls(check(calls(health, own, 'closed'), own, OK), own, 'closed').errors).toBe(1)
  })

  it('nothing is told where it is not observed', () => {
    const { own, health } = well({ [OBSERVE]: '' })
    expect(calls(health, own, 'closed', 'closed', 'closed')).toEqual(health)
  })

  it('too much take a server down at once with `mark-down`, and end its calls', () => {
    const { own, health } = well(on('mark-down'))
    const down = calls(health, own, ILL, ILL)
    expect(down).toMatchObject({ state: 'down', downs: 1 })
    expect(told(down)).toEqual(['down', 1_200])
    expect(shutsSessions(health, down, own)).toBe(true)
    expect(shutsSessions(down, down, own)).toBe(false)
  })

  it('too much cost one point with `fail-check`, and all but one with `sudden-death`', () => {
    const failing = well(on('fail-check'))
    expect(calls(failing.health, failing.own, ILL, ILL).points).toBe(3)
    expect(calls(failing.health, failing.own, ILL, ILL, ILL, ILL, ILL, ILL).state).toBe('down')
    const dying = well(on('sudden-death'))
    const doubtful = calls(dying.health, dying.own, ILL, ILL)
    expect(doubtful).toMatchObject({ state: 'up', points: 2 })
    expect(check(doubtful, dying.own, 'refused').state).toBe('down')
    expect(check(doubtful, dying.own, OK).points).toBe(4)
  })

  it('too much decide in place of a check that runs', () => {
    const { own, health } = well(on('mark-down'))
    const asking = checkConnected(checkBegun(health, own, 900), own, 950)
    const down = calls(asking, own, ILL, ILL)
    expect(down.check).toEqual({ phase: 'given-up', failsAt: 1_200 })
    expect(checkEnded(down, own, OK, 1_100)).toMatchObject({ state: 'down', points: 0 })
  })

  it('too much leave a check that runs no more than `fastinter`', () => {
    const { own, health } = well()
    const asking = checkConnected(checkBegun(health, own, 900), own, 950)
    expect(calls(asking, own, ILL, ILL).check).toEqual({ phase: 'asking', failsAt: 1_200 })
  })
})
