// A campaign starts stacks for hours on machines that are not ours: whatever one of them left behind would add up.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ResilientClient } from '../../client/index.ts'
import { until } from '../until.ts'
import { isRunning } from './is-running.ts'
import { describeWithTools } from './needs-tools.ts'
import { assertFree } from './ports.ts'
import type { ProcessStack } from './process-stack.ts'
import { startProcessStack } from './start.ts'

const CYCLES = 100
const TTL_MS = 300

const openFiles = () => readdirSync('/proc/self/fd').length

describeWithTools(`${CYCLES} stacks, started, used and closed`, () => {
  let folder: string
  let outside: string | undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'leaks-test-'))
    outside = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
  })
  afterEach(() => {
    if (outside === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = outside
    rmSync(folder, { recursive: true, force: true })
  })

  it('leave no process, port, file or key', async () => {
    let afterTheFirst = 0
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      const stack = await startProcessStack({ ttlMs: TTL_MS })
      const ids = [...stack.processes.values()]
      const ports = portsOf(stack)
      await use(stack)
      await untilNoKeyIsLeft(stack)
      await stack.close()
      expect(ids.filter(isRunning)).toEqual([])
      await assertFree(ports)
      expect(readdirSync(folder)).toEqual([])
      if (cycle === 1) afterTheFirst = openFiles()
    }
    const missing = () => `${openFiles()} files and sockets are open, ${afterTheFirst} were after the first cycle`
    await until(async () => (openFiles() <= afterTheFirst ? true : undefined), { limitMs: 10_000, missing })
  }, 900_000)
})

function portsOf({ endpoint, redis, backends }: ProcessStack): number[] {
  return [endpoint, new URL(redis.url), ...backends.map(({ url }) => url)].map(({ port }) => Number(port))
}

async function use({ endpoint, fetch }: ProcessStack): Promise<void> {
  const client = new ResilientClient(endpoint, { clientInfo: { name: 'leaks-test', version: '0' }, fetch })
  await client.callTool({ name: 'increment_counter' })
  await client.callTool({ name: 'add_note', arguments: { note: 'a' } })
  await client.close()
}

async function untilNoKeyIsLeft({ redis }: ProcessStack): Promise<void> {
  const direct = new Redis(redis.url)
  const missing = () => 'Redis holds keys after the last deadline'
  await until(async () => ((await direct.dbsize()) === 0 ? true : undefined), { limitMs: 5_000, everyMs: 20, missing })
  await direct.quit()
}
