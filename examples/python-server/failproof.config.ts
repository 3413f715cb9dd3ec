// Has the stack run this server in Python in place of the package's own, and hurt that one. What your server speaks and
// is written in is all the same to it: it starts processes, and talks HTTP to them through the balancer.
import { fileURLToPath } from 'node:url'

export default {
  backend: {
    // Started once for each instance, without a shell. Each finds in its environment INSTANCE_ID, HOST, PORT, REDIS_URL,
    // SESSION_TTL (in seconds, with fractions), KEEP_ALIVE_MS, STORE_DEADLINE_MS and DRAIN_MS, and must go by them.
    command: 'python3',
    args: [fileURLToPath(new URL('server.py', import.meta.url))],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    // Asked until it is true, whenever an instance was started; a rejection is a no. Any answer will do here, which is
    // also what is done without it: an instance that was started while it cannot reach Redis is up too.
    readyWhen: (mcp: URL) => fetch(new URL('/health', mcp)).then(() => true),
  },
  // This server does not know the key under which our client repeats a call, so that a call whose outcome is unknown is
  // not repeated. For a server that executes each key once leave this line out: it is then held to more.
  idempotencyKeys: false,
}
