// The simulation follows Redis 7.0, and others differ from it in places: what is held against the real server is held
// against that one alone.
import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'
import { describeWithRedis, type TestRedis } from '../../../server/store/test-redis.ts'
import { VERSION } from './version.ts'

const FOLLOWED = VERSION.split('.').slice(0, 2).join('.')

/** `describe` for tests on the real Redis, left out by name where it is another than 7.0. */
export function describeOnRedis70(title: string, body: (redis: () => TestRedis) => void): void {
  const version = foundVersion()
  if (version === undefined || version.startsWith(`${FOLLOWED}.`)) describeWithRedis(title, body)
  else describe.skip(`${title} (held against Redis ${FOLLOWED}; this is ${version})`, () => body(noRedis))
}

/** Undefined where none is installed. */
function foundVersion(): string | undefined {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' })
  return status === 0 ? (/\bv=(\S+)/.exec(stdout)?.[1] ?? 'unknown') : undefined
}

function noRedis(): never {
  throw new Error('This test is left out')
}
