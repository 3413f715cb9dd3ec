// The kinds of client that every test here is run by.
import { onTestFinished } from 'vitest'
import type { Stack } from '../../fault/stack.ts'
import { connectRaw, joinRaw } from './raw-client.ts'
import { connectSdk } from './sdk-client.ts'
import type { Connect, StackClient } from './stack-client.ts'

export const CLIENTS = [
  { kind: 'plain HTTP', open: opener(connectRaw) },
  { kind: "the SDK's client", open: opener(connectSdk) },
] as const

/** Opens sessions whose connections end with the test: a stream left open would hold up the stack's next reset. */
function opener(connect: Connect): (stack: Stack) => Promise<StackClient> {
  return async (stack) => closedWithTest(await connect(stack))
}

/** A further connection to a session, by plain HTTP: two of the SDK's clients would use the same JSON-RPC ids. */
export function join(stack: Stack, { sessionId }: StackClient): StackClient {
  return closedWithTest(joinRaw(stack, sessionId))
}

function closedWithTest(client: StackClient): StackClient {
  onTestFinished(() => client.close())
  return client
}
