// A session's state outlives its instance, and a client that resumes it outlives them all.
import { describe, expect } from 'vitest'
import { ResilientClient } from '../../client/index.ts'
import { scaledTimers } from '../../fault/index.ts'
import { clientsOn } from './clients.ts'
import { endWithTest } from './end-with-test.ts'
import { describeOnTiers } from './on-tiers.ts'
import { readValue } from './stack-client.ts'

const ENDS = ['stop', 'kill'] as const

// Three restarts, one after another, can take longer than the 3 s that the timers are scaled for.
const SETTINGS = { ttlMs: 30_000, timers: scaledTimers(3_000) }

describeOnTiers('a session', SETTINGS, ({ tier, it }) => {
  // The HTTP status or, where the client hides that, the code of the JSON-RPC error.
  const notFound = { code: expect.toBeOneOf([404, -32001]) }

  describe.each(clientsOn(tier))('by $kind', ({ open }) => {
    it.for(ENDS)('whose instance ends by %s is resumed on another', async (end, stack) => {
      const old = await open(stack)
      for (let n = 1; n <= 3; n++) await old.call('increment_counter')
      const { instance } = (await old.call('add_note', { note: 'kept' })).value
      const backend = stack.backends.find(({ name }) => name === instance)
      await backend?.[end]()
      expect(backend?.state).toBe('down')
      await expect(old.call('get_counter')).rejects.toMatchObject(notFound)
      const session = await open(stack)
      const { value } = await session.call('resume_session', { old_session_id: old.sessionId })
      expect(value).toEqual({ status: 'resumed', keys_copied: 2, instance: value.instance })
      expect(value.instance).not.toBe(instance)
      expect((await session.call('get_counter')).value).toMatchObject({ counter: 3 })
      expect((await session.call('list_notes')).value).toMatchObject({ notes: ['kept'] })
      expect((await session.call('increment_counter')).value).toMatchObject({ counter: 4 })
      expect(stack.crashes).toEqual([])
    })

    it.for(ENDS)('is carried over a %s and start of all three, one after another', async (end, stack) => {
      let session = await open(stack)
      const lost: string[] = []
      for (const [at, backend] of stack.backends.entries()) {
        const { value } = await session.call('increment_counter')
        expect(value).toMatchObject({ counter: at + 1 })
        await backend[end]()
        await backend.start()
        if (value.instance !== backend.name) continue
        await expect(session.call('increment_counter')).rejects.toMatchObject(notFound)
        lost.push(session.sessionId)
        session = await open(stack)
        const resumed = await session.call('resume_session', { old_session_id: lost.at(-1) })
        expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
      }
      expect(lost).not.toEqual([])
      expect((await session.call('increment_counter')).value).toMatchObject({ counter: stack.backends.length + 1 })
      expect(stack.crashes).toEqual([])
    })
  })

  it.for(ENDS)('goes on under a resilient client after a %s and start of all three', async (end, stack) => {
    const client = new ResilientClient(stack.endpoint, {
      clientInfo: { name: 'test', version: '0' },
      fetch: stack.fetch,
    })
    endWithTest(stack, () => client.close())
    const call = async (name: string, args = {}) => readValue(await client.callTool({ name, arguments: args }))
    await client.connect()
    for (let n = 1; n <= 3; n++) await call('increment_counter')
    await call('add_note', { note: 'first' })
    await call('add_note', { note: 'second' })
    const { sessionId } = client
    for (const backend of stack.backends) {
      await backend[end]()
      await backend.start()
    }
    expect(await call('increment_counter')).toMatchObject({ counter: 4 })
    expect(await call('list_notes')).toMatchObject({ notes: ['first', 'second'] })
    expect(client.sessionId).not.toBe(sessionId)
    expect(stack.crashes).toEqual([])
  })
})
