// Counting by a resilient client and by plain calls: what a counter says afterwards tells whether each call was executed
// once.
import { ResilientClient } from '../../client/index.ts'
import type { Stack } from '../../fault/stack.ts'
import { endWithTest } from './end-with-test.ts'
import { readValue, type Value } from './stack-client.ts'
import type { WireSession } from './wire/session.ts'

export interface Counting {
  /** What increment_counter answers. */
  increment(): Promise<Value>
  count(): Promise<unknown>
  read(): Promise<unknown>
  /** Resolves when a try has failed. */
  hindered(): Promise<void>
}

/** A client that counts through the balancer; it ends with its test. */
export async function openCounting(stack: Stack): Promise<Counting> {
  const client = new ResilientClient(stack.endpoint, { clientInfo: { name: 'test', version: '0' }, fetch: stack.fetch })
  endWithTest(stack, () => client.close())
  const call = async (name: string) => readValue(await client.callTool({ name, arguments: {} }))
  await client.connect()
  return {
    increment: () => call('increment_counter'),
    count: async () => (await call('increment_counter'))['counter'],
    read: async () => (await call('get_counter'))['counter'],
    hindered: () => new Promise((resolve) => client.on('attemptEnded', ({ outcome }) => outcome !== 'ok' && resolve())),
  }
}

/** What a session counts by one plain call. */
export async function counted(session: WireSession): Promise<unknown> {
  return (await session.tool('increment_counter')).structuredContent?.['counter']
}
