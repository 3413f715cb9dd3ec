// Where HAProxy 3 is: a second program to test the balancer's file on, which few machines have beside Debian 12's.
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Its path: HAPROXY_3, or where `.ci/install-haproxy-3` lays it; undefined where there is none. */
export function haproxy3(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const path = process.env['HAPROXY_3'] || join(cache, 'mcp-failproof', 'bin', 'haproxy-3')
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return undefined
  }
}
