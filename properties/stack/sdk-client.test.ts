// What the SDK's client alone does: how a call of it ends that is cancelled or loses its instance, and what DELETE leaves.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect } from 'vitest'
import { scaledTimers } from '../../fault/index.ts'
import { openSdk } from './clients.ts'
import { describeOnTiers } from './on-tiers.ts'
import { until } from './until.ts'

describeOnTiers("the SDK's client", { ttlMs: 6_000, timers: scaledTimers(3_000) }, ({ it }) => {
  it('ends a tool on the server by aborting its call', async (stack) => {
    const [session, other] = [await openSdk(stack), await openSdk(stack)]
    await session.call('increment_counter')
    const controller = new AbortController()
    const call = session.client.callTool({ name: 'watch_counter', arguments: { duration_seconds: 30 } }, undefined, {
      signal: controller.signal,
      onprogress: ({ progress }) => progress > 0 && controller.abort('seen enough'),
    })
    await expect(call).rejects.toThrow('seen enough')
    // Each look of it keeps the session's state alive, so that this goes only once it has ended.
    const sessions = async () => (await other.call('get_server_info')).value['sessions']
    expect(await sessions()).toBe(1)
    const hasEnded = async () => (await sessions()) === 0
    await until(stack, hasEnded, { limitMs: 20_000, everyMs: 100, missing: () => 'the tool has not ended' })
  })

  it('waits in vain for a call whose instance was killed, and its session is resumed', async (stack) => {
    const session = await openSdk(stack)
    const { instance } = (await session.call('increment_counter')).value
    const backend = stack.backends.find(({ name }) => name === instance)
    const kills: (Promise<void> | undefined)[] = []
    const call = session.client.callTool({ name: 'watch_counter', arguments: { duration_seconds: 30 } }, undefined, {
      timeout: 1_500,
      onprogress: () => kills.push(backend?.kill()),
    })
    await expect(call).rejects.toThrow('Request timed out')
    expect(kills).not.toEqual([])
    await Promise.all(kills)
    const next = await openSdk(stack)
    const resumed = await next.call('resume_session', { old_session_id: session.sessionId })
    expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
    expect((await next.call('get_counter')).value).toMatchObject({ counter: 1 })
  })

  it('ends its session by DELETE, and the state is resumed', async (stack) => {
    const session = await openSdk(stack)
    await session.call('add_note', { note: 'kept' })
    const { transport } = session.client
    if (!(transport instanceof StreamableHTTPClientTransport)) throw new Error('not over HTTP')
    await transport.terminateSession()
    const next = await openSdk(stack)
    const resumed = await next.call('resume_session', { old_session_id: session.sessionId })
    expect(resumed.value).toMatchObject({ status: 'resumed', keys_copied: 1 })
    expect((await next.call('list_notes')).value).toMatchObject({ notes: ['kept'] })
  })
})
