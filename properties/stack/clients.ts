// The kinds of client that every test here is run by.
import { afterAll, onTestFinished } from 'vitest'
import type { Stack } from '../../fault/stack.ts'
import { findPython } from './python/interpreter.ts'
import { closePython, connectPython } from './python-client.ts'
import { connectRaw, joinRaw } from './raw-client.ts'
import { connectSdk } from './sdk-client.ts'
import type { StackClient } from './stack-client.ts'

// The file that imports this one is then done with it.
afterAll(closePython)

export const openSdk = opener(connectSdk)
export const openPython = opener(connectPython)

interface Kind {
  readonly kind: string
  open(stack: Stack): Promise<StackClient>
}

export const CLIENTS: readonly Kind[] = [
  { kind: 'plain HTTP', open: opener(connectRaw) },
  { kind: "the SDK's client", open: openSdk },
  // Where it is missing, that is said before the tests, and fails in CI.
  ...(findPython().kind === 'found' ? [{ kind: "MCP's client for Python", open: openPython }] : []),
]

/** Opens sessions whose connections end with the test: a stream left open would hold up the stack's next reset. */
function opener<Client extends StackClient>(connect: (stack: Stack) => Promise<Client>) {
  return async (stack: Stack): Promise<Client> => closedWithTest(await connect(stack))
}

/** A further connection to a session, by plain HTTP: two of the SDK's clients would use the same JSON-RPC ids. */
export function join(stack: Stack, { sessionId }: StackClient): StackClient {
  return closedWithTest(joinRaw(stack, sessionId))
}

function closedWithTest<Client extends StackClient>(client: Client): Client {
  onTestFinished(() => client.close())
  return client
}
