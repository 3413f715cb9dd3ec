// What escapes a simulation's time and chance is refused in the rooms that a simulation runs. Every escape is planted in
// each of them beside the real biome.json and its plugin, and one run of Biome judges them all.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = import.meta.dirname
const BIOME = join(ROOT, 'node_modules', '.bin', 'biome')
const PLACES = ['server/store', 'client', 'wire']

const CLOCK = /injected Clock/
const LOADED = /inside the function that uses it/
const RANDOM = /injected randomId or globalThis\.crypto/
const AT_THE_TOP = /at the top of the file/
const BEFORE_THE_START = /before the start/
const FETCH = /what connects/

/** An escape, and what its refusal offers in its place. */
const ESCAPES: [code: string, offered: RegExp][] = [
  ['export const signal = () => AbortSignal.timeout(5)', /AbortController by the injected Clock/],
  ['export const signal = () => globalThis.AbortSignal.timeout(5)', /AbortController by the injected Clock/],
  ['export const { timeout } = AbortSignal', /AbortController by the injected Clock/],
  ['export const up = () => process.uptime()', CLOCK],
  ['export const { uptime } = process', CLOCK],
  ["export { setTimeout } from 'node:timers'", CLOCK],
  ["export { setTimeout } from 'timers'", CLOCK],
  ["import timers from 'node:timers/promises'", CLOCK],
  ["import * as timers from 'timers/promises'", CLOCK],
  ["import { performance } from 'node:perf_hooks'", CLOCK],
  ["import { performance } from 'perf_hooks'", CLOCK],
  ["import { hrtime } from 'node:process'", CLOCK],
  ["import { hrtime } from 'process'", CLOCK],
  ["import { createHash, randomUUID } from 'node:crypto'", RANDOM],
  ["import { randomBytes as bytes } from 'crypto'", RANDOM],
  ["import { randomInt } from 'node:crypto'", RANDOM],
  ["import { getRandomValues } from 'node:crypto'", RANDOM],
  ["import { webcrypto } from 'node:crypto'", RANDOM],
  ["import crypto from 'node:crypto'", RANDOM],
  ["import * as crypto from 'crypto'", RANDOM],
  ["import { readFile } from 'node:fs'", BEFORE_THE_START],
  ["import { promises } from 'fs'", BEFORE_THE_START],
  ["import { readFile } from 'node:fs/promises'", BEFORE_THE_START],
  ["import { readFile } from 'fs/promises'", BEFORE_THE_START],
  ["import { lookup } from 'node:dns'", FETCH],
  ["import { lookup } from 'dns'", FETCH],
  ["import { lookup } from 'node:dns/promises'", FETCH],
  ["import { lookup } from 'dns/promises'", FETCH],
  ["export const late = () => import('./late.ts')", AT_THE_TOP],
  ["export const late = () => import('node:timers')", CLOCK],
  ['export const { setTimeout } = globalThis', LOADED],
  ['export const { setInterval: every } = global', LOADED],
  ['export const after = setTimeout', LOADED],
  ['export const every = setInterval', LOADED],
  ['export const clear = clearTimeout', LOADED],
  ['export const timers = { clearInterval }', LOADED],
  ['export const started = new Date()', LOADED],
  ['export class Day extends Date {}', LOADED],
  ['export class Process {\n  static readonly started = Date.now()\n}', LOADED],
  ['export const { now } = performance', LOADED],
  ['export const uuid = crypto.randomUUID', LOADED],
  ['export const chance = Math.random', LOADED],
  ['export const { random } = Math', LOADED],
  ['export const nanoseconds = process.hrtime.bigint', LOADED],
  ['export const { hrtime } = process', LOADED],
]

const WELL_BEHAVED = `// Asks for time and chance when it needs them.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { started } from './timers.ts'

const { max } = Math
export const NEVER = AbortSignal.any([AbortSignal.abort()])
export const LIMITS = { timeout: max(5, Math.PI), Date: 1, platform: process.platform }
export const HASHING = { createHash, createHmac, timingSafeEqual }

export interface Waiting {
  readonly since: Date
  readonly timer: ReturnType<typeof setTimeout>
}

export class Wait implements Waiting {
  readonly since: Date = new Date()
  readonly timer = setTimeout(() => this.#ended(Math.random()), 5)
  readonly id = crypto.randomUUID()

  constructor(readonly now = Date.now) {}

  get waited(): number {
    return this.now() - this.since.getTime() + Number(process.hrtime.bigint()) - started
  }

  set waited(_ms: number) {
    performance.now()
  }

  #ended(chance: number): void {
    const { clearTimeout } = globalThis
    setImmediate(() => clearTimeout(this.timer))
    readFileSync(dirname(\`\${chance}\`))
  }
}

export const clock = {
  now: () => performance.now(),
  date() {
    return new Date()
  },
  get origin() {
    return Date.now()
  },
  set origin(_ms: number) {
    performance.now()
  },
  after: function after(ms: number, callback: () => void) {
    return setTimeout(callback, ms)
  },
}

export function uuid(random = crypto): string {
  return random.randomUUID()
}
`

/** Where time may be the machine's: what starts before a simulation, tests, and every other room. */
const FREE = [
  'server/main.ts',
  'server/open-store.ts',
  'server/store/redis.test.ts',
  'server/store/test-redis.ts',
  'client/testing/fake-server.ts',
  'wire/clock.test.ts',
  'fault/process/ports.ts',
  'specimens/variant/server/clock.ts',
]

const folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-virtual-time-'))
let report = ''

function plant(file: string, code: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), code)
}

/** What Biome says of one file, a line for each refusal. */
function said(file: string): string[] {
  return report.split('\n').filter((line) => line.startsWith('::') && line.includes(`/${file},line=`))
}

beforeAll(async () => {
  for (const file of ['biome.json', 'biome-virtual-time.grit']) copyFileSync(join(ROOT, file), join(folder, file))
  for (const place of PLACES) {
    for (const [at, [code]] of ESCAPES.entries()) plant(`${place}/escape-${at}.ts`, `${code}\n`)
    plant(`${place}/well-behaved.ts`, WELL_BEHAVED)
  }
  for (const file of FREE) plant(file, ESCAPES.map(([code]) => code).join('\n'))
  const args = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.']
  report = await new Promise((resolve) => {
    execFile(BIOME, args, { cwd: folder, maxBuffer: 2 ** 25 }, (_refused, stdout) => resolve(stdout))
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what a simulation runs', () => {
  it.each([...ESCAPES.entries()].map(([at, [code, offered]]) => ({ at, code, offered })))(
    'may not say $code',
    ({ at, offered }) => {
      for (const place of PLACES) expect(said(`${place}/escape-${at}.ts`).join('\n')).toMatch(offered)
    },
  )

  it.each(PLACES)('may ask for time and chance when it needs them, in %s', (place) => {
    expect(said(`${place}/well-behaved.ts`)).toEqual([])
  })
})

describe('what no simulation runs', () => {
  it.each(FREE)('may take the time of the machine: %s', (file) => {
    const told = said(file)
    expect(told.length).toBeGreaterThan(0)
    expect(told.filter((line) => /title=(plugin|lint\/style\/noRestrictedImports),/.test(line))).toEqual([])
  })
})
