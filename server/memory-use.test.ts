// What the server keeps of sessions that nobody uses any more: nothing.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { openSession, testServer } from './test-client.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

const TTL_MS = 10_000
const SESSIONS = 10_000
const KIB = 1024

it(`${SESSIONS} sessions opened and abandoned return to the memory they began with`, { timeout: 120_000 }, async () => {
  const server = testServer({ ttlMs: TTL_MS })
  const open = async (count: number) => {
    for (let index = 0; index < count; index += 1) await (await openSession(server)).tool('increment_counter')
  }
  await open(500)
  await server.clock.sleep(2 * TTL_MS + 1)
  const before = heap()
  await open(SESSIONS)
  const held = heap() - before
  await server.clock.sleep(2 * TTL_MS + 1)
  expect(held / SESSIONS).toBeGreaterThan(5 * KIB)
  expect(heap()).toBeLessThan(1.1 * before)
  expect(server.clock.pending).toBe(0)
})
