// A real redis-server for tests, on a free port and in a directory of its own.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import getPort from 'get-port'
import { afterAll, beforeAll, describe } from 'vitest'

const env: { readonly CI?: string } = process.env
const NEEDED = 'needs redis-server: apt-get install redis-server'

export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Runs one command with redis-cli and answers its output. */
  command(...args: string[]): Promise<string>
  stop(): Promise<void>
}

async function startRedis(): Promise<TestRedis> {
  const port = await getPort()
  const directory = await mkdtemp(join(tmpdir(), 'mcp-failproof-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (line: Buffer) => line.includes('Ready to accept connections') && resolve())
    ended.then(() => reject(new Error(`redis-server ended before it listened on port ${port}`)))
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async command(...command) {
      const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...command])
      return stdout.trimEnd()
    },
    async stop() {
      server.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true })
    },
  }
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
