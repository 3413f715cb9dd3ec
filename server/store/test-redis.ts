// A real redis-server for tests, on a free port and in a directory of its own.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import getPort from 'get-port'
import { afterAll, beforeAll, describe } from 'vitest'

const env: { readonly CI?: string } = process.env
const NEEDED = 'needs redis-server: apt-get install redis-server'

/** What it says when it is so far. */
const SAYS = { ready: 'Ready to accept connections', loading: 'Loading RDB' }
type Phase = keyof typeof SAYS

export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Where it keeps its files. */
  readonly directory: string
  /** Runs one command with redis-cli and answers its output. */
  command(...args: string[]): Promise<string>
  /** SIGSTOP; resolves when it is silent. Whatever it is sent meanwhile it executes when it continues. */
  pause(): Promise<void>
  continue(): void
  /** Ends it; with `saved` it can be started with its data. */
  end(data: 'saved' | 'lost'): Promise<void>
  /** Starts it again; resolves when it is ready, or has begun to load its data. */
  start(until?: Phase, options?: readonly string[]): Promise<void>
  stop(): Promise<void>
}

async function startRedis(): Promise<TestRedis> {
  const port = await getPort()
  const directory = await mkdtemp(join(tmpdir(), 'mcp-failproof-redis-'))
  let server = await launch(port, directory)
  async function command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...args])
    return stdout.trimEnd()
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    command,
    async pause() {
      server.kill('SIGSTOP')
      while (!(await isStopped(server))) await sleep(1)
    },
    continue: () => void server.kill('SIGCONT'),
    async end(data) {
      if (data === 'saved') await command('save')
      await kill(server)
      if (data === 'lost') await rm(join(directory, 'dump.rdb'), { force: true })
    },
    async start(until, options) {
      server = await launch(port, directory, until, options)
    },
    async stop() {
      await kill(server)
      await rm(directory, { recursive: true })
    },
  }
}

async function launch(
  port: number,
  directory: string,
  until: Phase = 'ready',
  options: readonly string[] = [],
): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...options]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (line: Buffer) => line.includes(SAYS[until]) && resolve())
    server.once('exit', () => reject(new Error(`redis-server ended before it listened on port ${port}`)))
  })
  return server
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

async function isStopped({ pid }: ChildProcess): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return /\) T/.test(await readFile(`/proc/${pid}/stat`, 'utf8'))
}

/** Tests on a Redis that runs while they do. Where none is installed they are skipped, on CI they fail. */
export function describeWithRedis(title: string, body: (redis: () => TestRedis) => void): void {
  const missing = spawnSync('redis-server', ['--version']).status !== 0
  if (missing && env.CI !== 'true') {
    describe.skip(`${title} (${NEEDED})`, () => body(() => fail()))
    return
  }
  describe(title, () => {
    let redis: TestRedis | undefined
    beforeAll(async () => {
      if (missing) fail()
      redis = await startRedis()
    })
    afterAll(() => redis?.stop())
    body(() => redis ?? fail())
  })
}

function fail(): never {
  throw new Error(NEEDED)
}
