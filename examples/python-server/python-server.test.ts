// A server that is not ours, in another language, under the same stack: it serves every kind of client, is hurt as ours
// is and found to keep its promises, and is found out where it does not.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../fault/index.ts'
import { describeWithTools } from '../../fault/process/needs-tools.ts'
import { CLIENTS } from '../../properties/stack/clients.ts'
import { readSummary } from '../../properties/stack/stack-client.ts'
import config from './failproof.config.ts'
import { describeWithPython3 } from './needs-python3.ts'

const CLI = join(import.meta.dirname, '../../campaign/cli.ts')
const CONFIG = join(import.meta.dirname, 'failproof.config.ts')
const trace = (name: string) => join(import.meta.dirname, 'traces', `${name}.json`)

describeWithTools('behind the balancer', () => {
  describeWithPython3('a server in Python', () => {
    describe('serves the nine tools', () => {
      let stack: Stack
      beforeAll(async () => {
        stack = await startStack({ tier: 'process', ttlMs: 6_000, backend: config.backend })
      })
      beforeEach(() => stack.reset())
      afterAll(() => stack?.close())

      it.each(CLIENTS)('to $kind', async ({ open }) => {
        const client = await open(stack)
        const instance = expect.stringMatching(/^mcp-server-[123]$/)
        const value = async (tool: string, args = {}) => (await client.call(tool, args)).value
        expect(await client.tools()).toHaveLength(9)
        expect(await value('increment_counter')).toEqual({ counter: 1, instance })
        expect(await value('get_counter')).toEqual({ counter: 1, instance })
        expect(await value('add_note', { note: 'ñ ☃' })).toEqual({ notes_count: 1, instance })
        expect(await value('list_notes')).toEqual({ notes: ['ñ ☃'], instance })
        expect(await value('get_server_info')).toEqual({ sessions: 1, instance })
        expect(await value('get_status')).toMatchObject({ active_sessions: 1, instance })
        expect(await value('analyze_data', { num_items: 1 })).toMatchObject({ total_score: 1.5, instance })
        expect(await value('watch_counter', { duration_seconds: 1 })).toMatchObject({ total_changes: 0, instance })
        const next = await open(stack)
        const resumed = (await next.call('resume_session', { old_session_id: client.sessionId })).value
        expect(resumed).toEqual({ status: 'resumed', keys_copied: 3, instance })
        expect(await readSummary(next, next.sessionId)).toEqual({
          session_id: next.sessionId,
          counter: 1,
          notes: ['ñ ☃'],
          analysis_result: { total_score: 1.5, items_processed: 1 },
          instance,
        })
      })
    })

    it('loses nothing when it is killed between the store and its reply, and its session is resumed', async () => {
      const { code, output } = await failproof(['replay', trace('killed-between-store-and-reply'), '--config', CONFIG])
      expect(output).toMatch(/kill the backend serving client 0 \(mcp-server-\d\)\n/)
      expect(output).toMatch(/resumed S0 into S1, 2 values copied\n +counter 2[\s\S]*It holds\./)
      expect(code).toBe(0)
    }, 60_000)

    it('passes a campaign', async () => {
      const { code, output } = await failproof(['campaign', '--runs', '12', '--seed', '1', '--config', CONFIG])
      expect(output).toMatch(/Nothing found: 12 traces[\s\S]*✓ a fault comes between the store and its reply/)
      expect(code).toBe(0)
    }, 180_000)

    it('whose reads do not slide the deadline is found out', async () => {
      const args = ['replay', trace('read-for-longer-than-a-ttl'), '--config', CONFIG]
      expect(await failproof(args)).toMatchObject({ code: 0, output: expect.stringMatching(/It holds\./) })
      const { code, output } = await failproof(args, { PLANTED_BUG: 'reads-do-not-slide' })
      expect(output).toMatch(/=> impossible: answered counter 0[\s\S]*Broken\. TTL: /)
      expect(code).toBe(1)
    }, 60_000)
  })
})

/** Runs the command as a user does, in a folder of its own. */
async function failproof(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-example-'))
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  rmSync(folder, { recursive: true })
  return { code, output }
}
