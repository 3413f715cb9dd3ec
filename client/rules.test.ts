// Each rule of the protocol, shown needed: the same story keeps a promise with it and breaks that promise without it.
import { expect, test } from 'vitest'
import { PROTOCOL_RULES, type ProtocolRules } from './rules.ts'
import { hold, loseReply, reset, silence, status } from './testing/fake-tier.ts'
import { connected, counterIn, increment } from './testing/harness.ts'

interface Story {
  readonly promise: string
  readonly without: Partial<ProtocolRules>
  readonly promised: unknown
  readonly broken: unknown
  tell(rules: ProtocolRules): Promise<unknown>
}

const stories: Record<string, Story> = {
  replyCounts: {
    promise: 'an acknowledged call is in the session that the client holds, though its old session executed it late',
    without: { replyCounts: () => true },
    promised: { acknowledged: 1, held: 1 },
    broken: { acknowledged: 1, held: 0 },
    async tell(rules) {
      const { tier, clock, client, counter } = await connected({ rules })
      const late = hold()
      tier.next('increment_counter', late.fault)
      const slow = increment(client, 'slow')
      tier.next('get_counter', status(503))
      await clock.until(client.callTool({ name: 'get_counter' }))
      late.release()
      return { acknowledged: counterIn(await clock.until(slow)), held: counter() }
    },
  },
  'afterResume, of a failed resume': {
    promise: 'acknowledged calls outlive a resume that failed',
    without: { afterResume: () => 'confirm' },
    promised: 2,
    broken: 1,
    async tell(rules) {
      const { tier, increment } = await connected({ rules })
      await increment()
      tier.server.forget('s1')
      tier.next('resume_session', status(503))
      return increment()
    },
  },
  'afterResume, of an unknown resume': {
    promise: 'a resume that lands late overwrites nothing',
    without: { afterResume: ({ outcome }) => (outcome === 'ok' ? 'confirm' : 'again') },
    promised: 3,
    broken: 2,
    async tell(rules) {
      const { tier, clock, increment } = await connected({ rules, keys: 'off' })
      await increment()
      tier.server.forget('s1')
      let land = async () => new Response()
      tier.next('resume_session', (serve, arrival) => {
        land = serve
        return reset(serve, arrival)
      })
      await increment()
      await land()
      await clock.settle()
      return increment()
    },
  },
  resumeFrom: {
    promise: 'acknowledged calls outlive a session that never got the state',
    without: { resumeFrom: ({ opened }) => opened },
    promised: 2,
    broken: 1,
    async tell(rules) {
      const { tier, increment } = await connected({ rules })
      await increment()
      tier.server.forget('s1')
      tier.next('resume_session', reset)
      return increment()
    },
  },
  usable: {
    promise: 'a call made during a resume is not overwritten by it',
    without: { usable: () => true },
    promised: 3,
    broken: 2,
    async tell(rules) {
      const { tier, clock, client, counter, increment: once } = await connected({ rules })
      await once()
      tier.server.forget('s1')
      const resume = hold()
      tier.next('resume_session', resume.fault)
      const first = increment(client, 'first')
      await clock.advance(100)
      const second = increment(client, 'second')
      await clock.settle()
      resume.release()
      await clock.until(Promise.all([first, second]))
      return counter()
    },
  },
  mayDelete: {
    promise: 'acknowledged calls outlive a failed resume on a server whose DELETE ends the state',
    without: { mayDelete: () => true },
    promised: 2,
    broken: 1,
    async tell(rules) {
      const { tier, increment } = await connected({ rules })
      await increment()
      tier.next('increment_counter', status(503))
      tier.next('resume_session', reset)
      tier.always('DELETE', (serve, { session }) => {
        tier.server.state.delete(session ?? '')
        return serve()
      })
      return increment()
    },
  },
  keyOfNextTry: {
    promise: 'a call whose reply was lost is executed once',
    without: { keyOfNextTry: (_, take) => take() },
    promised: 1,
    broken: 2,
    async tell(rules) {
      const { tier, increment } = await connected({ rules })
      tier.next('increment_counter', loseReply)
      return increment()
    },
  },
  acknowledged: {
    promise: 'the mark passes a call that ended unknown',
    without: { acknowledged: (outcome) => outcome !== 'unknown' },
    promised: 2,
    broken: 1,
    async tell(rules) {
      const { tier, clock, client, increment } = await connected({ rules })
      tier.next('increment_counter', silence)
      const unknown = client.callTool({ name: 'increment_counter' }, undefined, { timeout: 100 })
      await clock.until(unknown.catch(() => undefined))
      let mark: number | undefined
      client.on('attempt', ({ key }) => {
        mark = key?.acknowledgedBelow
      })
      await increment()
      return mark
    },
  },
  mayRepeat: {
    promise: 'a call without a key is executed at most once',
    without: { mayRepeat: () => true },
    promised: 1,
    broken: 2,
    async tell(rules) {
      const { tier, clock, client, counter } = await connected({ rules, keys: 'off' })
      tier.next('increment_counter', loseReply)
      await clock.until(increment(client, 'keyless').catch(() => undefined))
      return counter()
    },
  },
  whereNext: {
    promise: 'one lost connection costs no session',
    without: { whereNext: () => 'new session' },
    promised: 's1',
    broken: 's2',
    async tell(rules) {
      const { tier, client, increment } = await connected({ rules })
      tier.next('increment_counter', reset)
      await increment()
      return client.sessionId
    },
  },
}

for (const [rule, story] of Object.entries(stories)) {
  test(story.promise, async () => {
    expect(await story.tell(PROTOCOL_RULES)).toEqual(story.promised)
  })

  test(`${rule} is needed for it: without it, not so (${story.promise})`, async () => {
    expect(await story.tell({ ...PROTOCOL_RULES, ...story.without })).toEqual(story.broken)
  })
}

test('every rule has a story', () => {
  const told = new Set(Object.keys(stories).map((name) => name.split(',')[0]))
  expect([...told].sort()).toEqual(Object.keys(PROTOCOL_RULES).sort())
})
