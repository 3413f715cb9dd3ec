// The kinds of client that every test here is run by.
import { afterAll } from 'vitest'
import type { Stack, Tier } from '../../fault/stack.ts'
import { endWithTest } from './end-with-test.ts'
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
  readonly tiers: readonly Tier[]
  open(stack: Stack): Promise<StackClient>
}

const BOTH = ['sim', 'process'] as const
/** A process of its own, which knows neither the simulation's network nor its time. */
const PYTHON: Kind = { kind: "MCP's client for Python", tiers: ['process'], open: openPython }

export const CLIENTS: readonly Kind[] = [
  { kind: 'plain HTTP', tiers: BOTH, open: opener(connectRaw) },
  { kind: "the SDK's client", tiers: BOTH, open: openSdk },
  // Where it is missing, that is said before the tests, and fails in CI.
  ...(findPython().kind === 'found' ? [PYTHON] : []),
]

export const clientsOn = (tier: Tier) => CLIENTS.filter(({ tiers }) => tiers.includes(tier))

/** Opens sessions whose connections end with the test. */
function opener<Client extends StackClient>(connect: (stack: Stack) => Promise<Client>) {
  return async (stack: Stack): Promise<Client> => closedWithTest(stack, await connect(stack))
}

/** A further connection to a session, by plain HTTP: two of the SDK's clients would use the same JSON-RPC ids. */
export function join(stack: Stack, { sessionId }: StackClient): StackClient {
  return closedWithTest(stack, joinRaw(stack, sessionId))
}

function closedWithTest<Client extends StackClient>(stack: Stack, client: Client): Client {
  endWithTest(stack, () => client.close())
  return client
}
