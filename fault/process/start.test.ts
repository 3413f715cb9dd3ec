// The start of a stack, what can go wrong with it, and its end: however the harness ends, nothing is left behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { StackError } from '../stack.ts'
import { until } from '../until.ts'
import { packageFile } from './bundle.ts'
import { isRunning } from './is-running.ts'
import { describeWithTools } from './needs-tools.ts'
import { standIn } from './stand-in.ts'
import { startProcessStack } from './start.ts'

const left = (folder: string, ids: Iterable<number>) => ({
  running: [...ids].filter(isRunning),
  folder: existsSync(folder),
})
const NOTHING = { running: [], folder: false }

async function refusal(starting: Promise<{ close(): Promise<void> }>): Promise<StackError> {
  try {
    await (await starting).close()
  } catch (error) {
    if (error instanceof StackError) return error
    throw error
  }
  throw new Error('the stack was started')
}

describeWithTools('a stack', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('that closes leaves no process and no file, also after one of its processes has crashed', async () => {
    const stack = await startProcessStack({ backend: standIn() })
    const ids = [...stack.processes.values()]
    expect([...stack.processes.keys()].sort()).toEqual([
      'haproxy',
      'mcp-server-1',
      'mcp-server-2',
      'mcp-server-3',
      'redis',
      'toxiproxy',
    ])
    expect(left(stack.folder, ids)).toEqual({ running: ids, folder: true })
    await stack.backends[0]?.pause()
    process.kill(stack.processes.get('toxiproxy') ?? 0, 'SIGKILL')
    await until(async () => (stack.processes.has('toxiproxy') ? undefined : true), {
      limitMs: 2_000,
      missing: () => 'toxiproxy runs',
    })
    await expect(stack.heal()).rejects.toThrow(/toxiproxy ended by itself \(SIGKILL\)/)
    await stack.close()
    await stack.close()
    expect(left(stack.folder, ids)).toEqual(NOTHING)
    await expect(stack.heal()).rejects.toThrow(new StackError('the stack is closed'))
  })

  it('keeps its logs where it is asked to', async () => {
    const stack = await startProcessStack({ backend: standIn(), logs: join(folder, 'logs') })
    await stack.close()
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual([
      'haproxy.log',
      'mcp-server-1.log',
      'mcp-server-2.log',
      'mcp-server-3.log',
      'redis.log',
      'toxiproxy.log',
    ])
    expect(readFileSync(join(folder, 'logs', 'mcp-server-2.log'), 'utf8')).toContain('mcp-server-2 starts')
  })

  it('starts beside others, with fewer instances too', async () => {
    const stacks = await Promise.all([1, 2, 3].map((backends) => startProcessStack({ backends, backend: standIn() })))
    const counts = await Promise.all(
      stacks.map(
        async (stack) => [...(await stack.balancer.states()).values()].filter(({ status }) => status === 'up').length,
      ),
    )
    await Promise.all(stacks.map((stack) => stack.close()))
    expect(counts).toEqual([1, 2, 3])
  })

  it('cannot have more instances than the balancer has servers', async () => {
    const error = await refusal(startProcessStack({ backends: 4, backend: standIn() }))
    expect(error.message).toContain('mcp-server-4 is no server of the backend mcp_servers')
  })

  it('says what HAProxy finds wrong with a file', async () => {
    const file = join(folder, 'broken.cfg')
    writeFileSync(file, readFileSync(packageFile('haproxy/haproxy.cfg'), 'utf8').replace('leastconn', 'leastcon'))
    const error = await refusal(startProcessStack({ haproxyFile: file, backend: standIn() }))
    expect(error.message).toContain(`HAProxy refuses ${file}`)
    expect(error.message).toMatch(/\[ALERT\].*broken\.cfg:\d+/)
    const missing = await refusal(startProcessStack({ haproxyFile: '/no/such.cfg', backend: standIn() }))
    expect(missing.message).toBe('the HAProxy file /no/such.cfg cannot be read')
  })

  it('takes a look at an instance that rejects for one that is not ready yet', async () => {
    const readyWhen = async (url: URL) => (await fetch(new URL('/health', url))).ok
    const stack = await startProcessStack({ backend: { ...standIn({ SLOW_MS: '200' }), readyWhen } })
    expect(stack.backends.map(({ state }) => state)).toEqual(['up', 'up', 'up'])
    await stack.close()
  })

  it('shows the log of an instance that does not come up', async () => {
    const failing = await refusal(startProcessStack({ backend: standIn({ FAIL: 'no such luck' }) }))
    expect(failing.message).toMatch(/mcp-server-\d ended \(exit code 1\) before it answered/)
    expect(failing.message).toContain('no such luck')
    const nowhere = await refusal(startProcessStack({ backend: { command: '/no/such/program' } }))
    expect(nowhere.message).toBe('mcp-server-1: /no/such/program cannot be executed')
  })

  it('that is aborted while it starts ends', async () => {
    const harness = new AbortController()
    const starting = startProcessStack({ backend: standIn({ SLOW_MS: '5000' }), signal: harness.signal })
    setTimeout(() => harness.abort(new Error('enough')), 200)
    await expect(starting).rejects.toThrow('enough')
  })

  it('that is aborted later is closed', async () => {
    const harness = new AbortController()
    const stack = await startProcessStack({ backend: standIn(), signal: harness.signal })
    const ids = [...stack.processes.values()]
    harness.abort()
    await stack.close()
    expect(left(stack.folder, ids)).toEqual(NOTHING)
  })

  it.each([
    ['is killed', 'SIGKILL', ''],
    ['is interrupted', 'SIGINT', ''],
    ['is ended', 'SIGTERM', ''],
    ['exits', undefined, 'process.exit(3)'],
    ['throws', undefined, "setTimeout(() => { throw new Error('uncaught') })"],
  ] as const)('ends with the harness that %s', { timeout: 20_000 }, async (_, signal, last) => {
    const script = join(folder, 'harness.mts')
    const module = (name: string) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)))
    writeFileSync(
      script,
      `import { startProcessStack } from ${module('./start.ts')}
       import { standIn } from ${module('./stand-in.ts')}
       const stack = await startProcessStack({ backend: standIn() })
       await stack.backends[1].pause()
       process.stdout.write(JSON.stringify({ folder: stack.folder, ids: [...stack.processes.values()] }) + '\\n', () => { ${last} })`,
    )
    const harness = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const ended = once(harness, 'exit')
    const [line] = await once(harness.stdout, 'data')
    const { folder: stackFolder, ids } = z
      .object({ folder: z.string(), ids: z.array(z.number()) })
      .parse(JSON.parse(`${line}`))
    if (signal !== undefined) harness.kill(signal)
    await ended
    const look = async () => {
      const { running, folder: there } = left(stackFolder, ids)
      return running.length === 0 && !there ? true : undefined
    }
    await until(look, { limitMs: 5_000, missing: () => `left: ${JSON.stringify(left(stackFolder, ids))}` })
  })
})
