// Asks the simulated Redis one thing.
import type { RedisSession } from './session.ts'
import { requestBytes } from './test-real-redis.ts'

/** The reply's bytes, a character each. */
export function ask(session: RedisSession, ...words: string[]): string {
  return Buffer.concat(session.receive(requestBytes(words))).toString('latin1')
}
