// The command as people type it: what it says to bad usage, how it ends, and that what a report tells them to do works.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithTools } from '../fault/process/needs-tools.ts'
import { type Ended, startCli } from './test-cli.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SPECIMEN = join(ROOT, 'specimens/late-replies/config.ts')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-failproof-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function failproof(args: readonly string[], interruptWhen?: RegExp): Promise<Ended> {
  const { child, ended, printed } = startCli(args, folder)
  // Where it is never printed, the test looks at how the command ended.
  if (interruptWhen)
    void printed(interruptWhen).then(
      () => child.kill('SIGINT'),
      () => undefined,
    )
  return ended
}

const trace = (commands: unknown[]) =>
  JSON.stringify({ format: 1, topology: { backends: 3, clients: 1 }, settings: { ttlMs: 3_000 }, commands })

describe('bad usage ends with 2 and one line that names the input and the mend', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown command', ['campain'], /unknown command 'campain'/],
    ['an unknown flag', ['campaign', '--rnus', '3'], /unknown option '--rnus'/],
    ['a count that is none', ['campaign', '--runs', 'many'], /--runs .*A whole number is needed/],
    ['a duration without a unit', ['campaign', '--for', '10'], /A duration such as 90s, 10m or 1h is needed/],
    ['two ends', ['campaign', '--for', '10s', '--runs', '1'], /--runs and --for are both given/],
    ['an unknown profile', ['campaign', '--profile', 'wild'], /no profile wild: there are mixed/],
    ['an unknown stack', ['campaign', '--stack', 'cloud'], /--stack cloud: there are sim and process/],
    ['a config file that is not there', ['campaign', '--config', 'nowhere.ts'], /no config file nowhere\.ts/],
    ['a balancer file that is not there', ['campaign', '--haproxy', 'nowhere.cfg'], /no balancer file nowhere\.cfg/],
    ['a trace that is not there', ['replay', 'nowhere.json'], /nowhere\.json cannot be read/],
  ])('%s', async (_, args, message) => {
    const { code, output } = await failproof(args)
    expect(output).toMatch(message)
    expect(output).not.toMatch(/\n\s+at /)
    expect(code).toBe(2)
  })

  it('a config with a setting that there is not', async () => {
    const file = join(folder, 'wrong.config.ts')
    await writeFile(file, 'export default { hapraxy: "x" }')
    expect(await failproof(['campaign', '--config', file])).toMatchObject({
      code: 2,
      output: expect.stringMatching(/hapraxy/),
    })
  })

  it('a trace with a command that does not apply', async () => {
    const file = join(folder, 'inapplicable.json')
    await writeFile(file, trace([{ increment: { client: 0 } }]))
    const { code, output } = await failproof(['replay', file])
    expect(output).toMatch(/command 1 does not apply there: client 0: increment/)
    expect(code).toBe(2)
  })
})

it('a trace that would be judged by another TTL than it runs on is refused', async () => {
  const file = join(folder, 'ttl.json')
  await writeFile(file, trace([{ open: { client: 0 } }]))
  const { code, output } = await failproof(['replay', file, '--ttl', '5'])
  expect(output).toMatch(/has a TTL of 3000 ms, the stack one of 5000: run it with --ttl 3/)
  expect(code).toBe(2)
})

it('a regression that is no trace is told before anything runs', async () => {
  const regressions = join(folder, 'regressions')
  await mkdir(regressions)
  await writeFile(join(regressions, 'bad.json'), '{}')
  const file = join(folder, 'regressions.config.ts')
  await writeFile(file, "export default { regressions: './regressions' }")
  const { code, output } = await failproof(['campaign', '--config', file])
  expect(output).toMatch(/bad\.json is no trace: format/)
  expect(code).toBe(2)
})

it('the help tells the flags and the exit codes', async () => {
  const { code, output } = await failproof(['campaign', '--help'])
  expect(output).toMatch(/--haproxy[\s\S]*--runs[\s\S]*Exit codes: 0/)
  expect(code).toBe(0)
})

describe('on the simulation', () => onTier('sim'))
describeWithTools('on processes', () => onTier('process'))

function onTier(tier: string): void {
  it('a trace that holds ends with 0', async () => {
    const file = join(folder, 'holds.json')
    await writeFile(file, trace([{ open: { client: 0 } }, { increment: { client: 0 } }]))
    const { code, output } = await failproof(['replay', file, '--stack', tier])
    expect(output).toMatch(/counter 1, by mcp-server-\d[\s\S]*It holds\./)
    expect(code).toBe(0)
  })

  it('a campaign that finds something ends with 1, and the command that it prints shows it again', async () => {
    const json = join(folder, 'campaign.json')
    const stack = ['--stack', tier, '--config', SPECIMEN]
    const args = ['campaign', ...stack, '--seed', '1', '--shrink-for', '2s', '--json', json]
    const { code, output } = await failproof(args)
    expect(output).toMatch(/No lost update: [\s\S]*=> impossible: [\s\S]*1 counterexample found/)
    expect(code).toBe(1)
    const summary = JSON.parse(await readFile(json, 'utf8'))
    expect(summary).toMatchObject({
      format: 1,
      stack: tier,
      seed: 1,
      counterexamples: [{ property: 'no lost update' }],
    })
    const [, command = ''] = /See it again: {2}npm run failproof -- (.*)/.exec(output) ?? []
    const replayed = await failproof(command.split(' '))
    expect(replayed.output).toMatch(/=> impossible: [\s\S]*Broken\. No lost update/)
    expect(replayed.code).toBe(1)
  }, 60_000)

  it('Ctrl-C ends a campaign with 130 and a summary of what it has', async () => {
    const { code, output } = await failproof(['campaign', '--stack', tier, '--for', '10m', '--seed', '1'], /traces, /)
    expect(output).toMatch(/Interrupted; nothing found so far: \d+ traces/)
    expect(code).toBe(130)
  }, 60_000)
}

describe('what the simulation cannot do ends with 3 and what to do instead', () => {
  it('a server of somebody else', async () => {
    const file = join(folder, 'backend.config.ts')
    await writeFile(file, "export default { stack: 'sim', backend: { command: 'python3', args: ['server.py'] } }")
    const { code, output } = await failproof(['campaign', '--config', file])
    expect(output).toMatch(/the simulation runs this package's own server.*--stack process/)
    expect(code).toBe(3)
  })

  it('a balancer file with a directive that it does not know', async () => {
    const file = join(folder, 'unknown.cfg')
    await writeFile(file, 'global\n  nonsense\n')
    const { code, output } = await failproof(['campaign', '--haproxy', file])
    expect(output).toMatch(/does not understand .*unknown\.cfg: line 2/)
    expect(output).not.toMatch(/\n\s+at /)
    expect(code).toBe(3)
  })
})

describeWithTools('on a stack of processes', () => {
  it('a campaign on a broken balancer file ends with 3 and what the balancer says', async () => {
    const file = join(folder, 'broken.cfg')
    await writeFile(file, 'global\n  nonsense\n')
    const { code, output } = await failproof(['campaign', '--stack', 'process', '--haproxy', file])
    expect(output).toMatch(/nonsense/)
    expect(output).not.toMatch(/\n\s+at /)
    expect(code).toBe(3)
  })

  it('a program that is missing ends with 3 and how to get it', async () => {
    const { HAPROXY } = process.env
    process.env['HAPROXY'] = '/nowhere/haproxy'
    const { code, output } = await failproof(['campaign', '--stack', 'process', '--runs', '1'])
    if (HAPROXY === undefined) delete process.env['HAPROXY']
    else process.env['HAPROXY'] = HAPROXY
    expect(output).toMatch(/HAPROXY/)
    expect(code).toBe(3)
  })
})
