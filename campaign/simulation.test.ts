// Campaigns in the simulation: the true stack keeps its promises under every profile, and whatever is found is found again,
// to the byte, by any process, under any load, with any number of threads.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILES } from '../properties/profile.ts'
import { runCampaign } from './campaign.ts'
import { targetOf } from './settings.ts'
import { startCli } from './test-cli.ts'

const ROOT = resolve(import.meta.dirname, '..')
const never = new AbortController().signal

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-failproof-simulation-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function campaign(profileName: string, seed: number, more: { config?: string; workers: number; runs: number }) {
  const profile = PROFILES.find(({ name }) => name === profileName)
  if (!profile) throw new Error(`no profile ${profileName}`)
  const { config, workers, runs } = more
  const target = await targetOf({ stack: 'sim', idempotencyKeys: true, ...(config !== undefined && { config }) })
  const settings = { target, profile, seed, extent: { runs }, workers, shrinkMs: 20_000, regressions: [] }
  return runCampaign(settings, () => {}, never)
}

describe('the true stack keeps every promise', () => {
  it.each(PROFILES.map(({ name }) => name))(
    'under random traces of the profile %s',
    async (name) => {
      const { counterexamples, tally, ended } = await campaign(name, 11, { workers: 2, runs: 120 })
      expect(counterexamples.map(({ run }) => run.finding)).toEqual([])
      expect({ ended, traces: tally.traces, undecided: tally.undecided }).toEqual({
        ended: 'complete',
        traces: 120,
        undecided: 0,
      })
    },
    120_000,
  )
})

describe('the same seed', () => {
  /** The event log of a campaign in a process of its own. */
  async function logOf(name: string, env: Record<string, string>): Promise<string> {
    const file = join(folder, `${name}.log`)
    const args = ['campaign', '--stack', 'sim', '--runs', '15', '--seed', '5', '--workers', '1', '--log', file]
    const { code, output } = await startCli(args, folder, env).ended
    expect(output).toMatch(/Nothing found/)
    expect(code).toBe(0)
    return readFile(file, 'utf8')
  }

  it('gives the same event log in other processes, time zones and locales, and beside a busy one', async () => {
    const first = await logOf('first', {})
    expect(first.split('\n').length).toBeGreaterThan(1_000)
    const busy = spawn(process.execPath, ['-e', 'for (;;) {}'])
    try {
      expect(await logOf('busy', {})).toBe(first)
    } finally {
      busy.kill('SIGKILL')
    }
    expect(await logOf('elsewhere', { TZ: 'Pacific/Apia', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' })).toBe(first)
  }, 120_000)

  it('finds the same counterexample with one thread, two and three', async () => {
    const config = join(ROOT, 'specimens/late-replies/config.ts')
    const found = await Promise.all(
      [1, 2, 3].map(async (workers) => {
        const { counterexamples } = await campaign('mixed', 3, { config, workers, runs: 50 })
        return counterexamples.map(({ run, source, executions }) => ({ trace: run.trace, source, executions }))
      }),
    )
    expect(found[0]).toHaveLength(1)
    expect(found[1]).toEqual(found[0])
    expect(found[2]).toEqual(found[0])
  }, 120_000)
})

it('code that never yields is a call that hangs, told with what happened last', async () => {
  const store = join(folder, 'stuck.ts')
  await writeFile(
    store,
    `import { RedisSessionStore } from ${JSON.stringify(join(ROOT, 'server/store/redis-store.ts'))}
import { wrapped } from ${JSON.stringify(join(ROOT, 'specimens/wrapped-store.ts'))}
export const open = (settings) => ({ ...wrapped(new RedisSessionStore(settings)), update() { for (;;) {} } })
`,
  )
  const config = join(folder, 'stuck.config.ts')
  await writeFile(config, `export default { store: ${JSON.stringify(store)} }`)
  const args = ['campaign', '--stack', 'sim', '--runs', '20', '--seed', '1', '--workers', '1', '--shrink-for', '1s']
  const { code, output } = await startCli([...args, '--config', config], folder).ended
  expect(output).toMatch(/No call hangs: [\s\S]*at "a piece over [\s\S]*did not yield/)
  expect(code).toBe(1)
}, 60_000)
