// The moment at which a session's state expires, read from Redis itself: asking the server for it would be a use.
import { Redis } from 'ioredis'
import type { Stack } from '../../fault/stack.ts'

/** Milliseconds since 1970; -2 where the session has no state. */
export async function deadlineOf({ redis }: Stack, sessionId: string): Promise<number> {
  const connection = new Redis(redis.url)
  try {
    return await connection.pexpiretime(`mcp:session:${sessionId}`)
  } finally {
    connection.disconnect()
  }
}
