// The package as it is published: built, every export of package.json is there with its types and says what the
// documentation names, and the command runs without a TypeScript loader of its own.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeWithTools } from './fault/process/needs-tools.ts'

const ROOT = import.meta.dirname
const run = promisify(execFile)

const manifest = z
  .object({
    exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })),
    bin: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))

const OFFERED: Record<string, string[]> = {
  './server': ['createApp', 'MemorySessionStore', 'RedisSessionStore'],
  './client': ['ResilientClient'],
  './model': ['judge'],
  './properties': ['traces', 'TraceCommand', 'sessionStoreContract'],
  './fault': ['startStack'],
}

beforeAll(() => run('npm', ['run', 'build'], { cwd: ROOT }), 120_000)

describe('the package', () => {
  it('exports what the documentation names, and nothing else', () => {
    expect(Object.keys(manifest.exports).sort()).toEqual(Object.keys(OFFERED).sort())
  })

  it.each(Object.entries(OFFERED))('%s offers %j, with types', async (name, offered) => {
    const { types = '', default: file = '' } = manifest.exports[name] ?? {}
    expect(existsSync(join(ROOT, types))).toBe(true)
    const list = `import('${join(ROOT, file)}').then((module) => console.log(JSON.stringify(Object.keys(module))))`
    const { stdout } = await run(process.execPath, ['-e', list])
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining(offered))
  })
})

async function campaignOn(tier: string): Promise<string> {
  const cli = join(ROOT, manifest.bin['mcp-failproof'] ?? '')
  const { stdout } = await run(process.execPath, [cli, 'campaign', '--stack', tier, '--runs', '2', '--seed', '3'])
  return stdout
}

it('its command runs a simulated campaign on plain Node', async () => {
  expect(await campaignOn('sim')).toMatch(/Nothing found: 2 traces/)
}, 60_000)

describeWithTools('its command', () => {
  it('runs a campaign on real processes on plain Node', async () => {
    expect(await campaignOn('process')).toMatch(/Nothing found: 2 traces/)
  }, 60_000)
})
