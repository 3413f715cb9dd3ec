// What the balancer does with sessions: each stays on one instance, all of them are spread over several, and none
// shows in another.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { CLIENTS } from './clients.ts'

describeWithTools('behind the balancer', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack({ tier: 'process', ttlMs: 3_000 })
  })
  beforeEach(() => stack.reset())
  afterAll(() => stack.close())

  const names = () => stack.backends.map(({ name }) => name)

  it('each instance is healthy and says its name', async () => {
    const health = stack.backends.map(async ({ url }) => {
      const response = await fetch(new URL('/health', url))
      return { status: response.status, body: await response.json() }
    })
    expect(await Promise.all(health)).toEqual(
      names().map((instance) => ({ status: 200, body: { status: 'ok', instance } })),
    )
  })

  describe.each(CLIENTS)('by $kind', ({ open }) => {
    it('ten calls of one session are served by one instance', async () => {
      const session = await open(stack)
      const instances = new Set<string>()
      for (let n = 1; n <= 10; n++) instances.add((await session.call('increment_counter')).value.instance)
      expect(instances.size).toBe(1)
      expect(names()).toEqual(expect.arrayContaining([...instances]))
      expect((await session.call('get_counter')).value).toMatchObject({ counter: 10 })
    })

    it('ten sessions are spread over at least two instances', async () => {
      const instances = new Set<string>()
      for (let n = 1; n <= 10; n++) instances.add((await (await open(stack)).call('get_counter')).value.instance)
      expect(instances.size).toBeGreaterThanOrEqual(2)
      expect(names()).toEqual(expect.arrayContaining([...instances]))
    })

    it('two sessions do not see each other', async () => {
      const [one, other] = [await open(stack), await open(stack)]
      await one.call('increment_counter')
      await one.call('increment_counter')
      await one.call('add_note', { note: 'of one' })
      expect((await other.call('get_counter')).value).toMatchObject({ counter: 0 })
      expect((await other.call('list_notes')).value).toMatchObject({ notes: [] })
      await other.call('increment_counter')
      await other.call('add_note', { note: 'of the other' })
      expect((await one.call('get_counter')).value).toMatchObject({ counter: 2 })
      expect((await one.call('list_notes')).value).toMatchObject({ notes: ['of one'] })
      expect((await other.call('get_counter')).value).toMatchObject({ counter: 1 })
      expect((await other.call('list_notes')).value).toMatchObject({ notes: ['of the other'] })
    })

    it('four sessions on three instances do not see each other either', async () => {
      const sessions = [await open(stack), await open(stack), await open(stack), await open(stack)]
      await Promise.all(sessions.map((session, at) => session.call('add_note', { note: `of ${at}` })))
      const notes = await Promise.all(
        sessions.map(async (session) => (await session.call('list_notes')).value['notes']),
      )
      expect(notes).toEqual([['of 0'], ['of 1'], ['of 2'], ['of 3']])
    })
  })
})
