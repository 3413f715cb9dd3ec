// What the balancer does with sessions: each stays on one instance, all of them are spread over several, and none
// shows in another.
import { describe, expect } from 'vitest'
import type { Stack } from '../../fault/index.ts'
import { clientsOn } from './clients.ts'
import { describeOnTiers } from './on-tiers.ts'

const namesOf = ({ backends }: Stack) => backends.map(({ name }) => name)

describeOnTiers('behind the balancer', { ttlMs: 3_000 }, ({ tier, it }) => {
  it('each instance is healthy and says its name', async (stack) => {
    const health = stack.backends.map(async ({ url }) => {
      const response = await stack.fetch(new URL('/health', url))
      return { status: response.status, body: await response.json() }
    })
    expect(await Promise.all(health)).toEqual(
      namesOf(stack).map((instance) => ({ status: 200, body: { status: 'ok', instance } })),
    )
  })

  describe.each(clientsOn(tier))('by $kind', ({ open }) => {
    it('ten calls of one session are served by one instance', async (stack) => {
      const session = await open(stack)
      const instances = new Set<string>()
      for (let n = 1; n <= 10; n++) instances.add((await session.call('increment_counter')).value.instance)
      expect(instances.size).toBe(1)
      expect(namesOf(stack)).toEqual(expect.arrayContaining([...instances]))
      expect((await session.call('get_counter')).value).toMatchObject({ counter: 10 })
    })

    it('ten sessions are spread over at least two instances', async (stack) => {
      const instances = new Set<string>()
      for (let n = 1; n <= 10; n++) instances.add((await (await open(stack)).call('get_counter')).value.instance)
      expect(instances.size).toBeGreaterThanOrEqual(2)
      expect(namesOf(stack)).toEqual(expect.arrayContaining([...instances]))
    })

    it('two sessions do not see each other', async (stack) => {
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

    it('four sessions on three instances do not see each other either', async (stack) => {
      const sessions = [await open(stack), await open(stack), await open(stack), await open(stack)]
      await Promise.all(sessions.map((session, at) => session.call('add_note', { note: `of ${at}` })))
      const notes = await Promise.all(
        sessions.map(async (session) => (await session.call('list_notes')).value['notes']),
      )
      expect(notes).toEqual([['of 0'], ['of 1'], ['of 2'], ['of 3']])
    })
  })
})
