// The process, from one bundled file: how it starts, what it says, and how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from './system.ts'
import { initialize } from './test-client.ts'

const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

describe('the process', () => {
  let directory: string
  const children: ChildProcess[] = []

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mcp-failproof-main-'))
    await build({
      entryPoints: [join(import.meta.dirname, 'main.ts')],
      outfile: join(directory, 'main.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: BANNER },
      logLevel: 'silent',
    })
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })
  afterAll(() => rm(directory, { recursive: true }))

  function start(env: Record<string, string> = {}) {
    const { PATH } = process.env
    const child = spawn(process.execPath, [join(directory, 'main.mjs')], { env: { PATH, PORT: '0', ...env } })
    children.push(child)
    const output = { out: '', err: '' }
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const listening = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => {
        output.out += data
        const line = output.out.split('\n').find((text) => text.includes('"listening"'))
        if (line !== undefined) resolve(`http://127.0.0.1:${JSON.parse(line).address.port}`)
      })
      child.stderr.on('data', (data: Buffer) => {
        output.err += data
      })
      void exited.then(() => reject(new Error(output.err)))
    })
    listening.catch(() => {})
    return { child, output, exited, listening }
  }

  const send = (url: string, body: object, id?: string) =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: id === undefined ? HEADERS : { ...HEADERS, 'mcp-session-id': id },
      body: JSON.stringify(body),
    })
  const open = async (url: string) => {
    const answer = await send(url, initialize())
    await answer.text()
    return answer.headers.get('mcp-session-id') ?? ''
  }
  const call = (name: string, args: object = {}) => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, arguments: args },
  })

  it('listens, and says so in one line', async () => {
    const { listening, output } = start({ INSTANCE_ID: 'i7' })
    const health = await fetch(`${await listening}/health`)
    expect(await health.json()).toEqual({ status: 'ok', instance: 'i7' })
    expect(output.out.match(/"listening"/g)).toHaveLength(1)
  })

  it('keeps connections that are idle longer than any balancer does', async () => {
    const { listening } = start()
    const health = await fetch(`${await listening}/health`)
    expect(health.headers.get('keep-alive')).toBe('timeout=620')
  })

  it('ends with 2 and one line where a variable has a bad value', async () => {
    const { exited, output } = start({ SESSION_TTL: 'soon' })
    expect(await exited).toBe(2)
    expect(output.err).toMatch(/^SESSION_TTL="soon" .*seconds.*\n$/)
    expect(output.out).toBe('')
  })

  it('opens the store of a module', async () => {
    const module = join(directory, 'store.mjs')
    await writeFile(
      module,
      `export function open({ url, clock }) {
        return { ping: async () => {}, close: async () => {}, sessionCount: async () => typeof clock.now() === 'number' ? 42 : url }
      }`,
    )
    const url = await start({ SESSION_STORE: module }).listening
    expect(await (await send(url, call('get_server_info'), await open(url))).text()).toContain('"sessions":42')
  })

  it.each([
    ['/nowhere/store.mjs', 'module that loads'],
    ['main.mjs.txt', 'module that loads'],
    ['empty.mjs', 'named open'],
  ])('ends with 2 where the store module is %s', async (path, reason) => {
    await writeFile(join(directory, 'empty.mjs'), '')
    const { exited, output } = start({ SESSION_STORE: join(directory, path) })
    expect(await exited).toBe(2)
    expect(output.err).toMatch(new RegExp(`^SESSION_STORE=.*${reason}.*\\n$`))
  })

  it('starts without its store, and says that it is degraded', async () => {
    const url = await start({ REDIS_URL: 'redis://127.0.0.1:1' }).listening
    expect((await fetch(`${url}/health`)).status).toBe(503)
    expect((await send(url, initialize())).status).toBe(503)
  })

  it('logs requests, and nothing of what is in them', async () => {
    const { listening, output } = start()
    const url = await listening
    const id = await open(url)
    await (await send(url, call('add_note', { note: 'secret-content' }), id)).text()
    while (!output.out.includes('"requestId":2')) await systemClock.sleep(5)
    expect(output.out).toContain(`"session":"${id.slice(0, 8)}"`)
    expect(output.out).not.toContain(id)
    expect(output.out).not.toContain('secret-content')
  })

  it('on SIGTERM lets calls end, tells the balancer, and exits with 0', async () => {
    const { child, listening, exited } = start()
    const url = await listening
    const id = await open(url)
    const running = await send(url, call('analyze_data', { num_items: 1 }), id)
    child.kill('SIGTERM')
    while ((await fetch(`${url}/health`)).status !== 404) await systemClock.sleep(5)
    const served = await send(url, { ...call('get_counter'), id: 2 }, id)
    expect(served.status).toBe(200)
    expect(await running.text()).toContain('"items_processed":1')
    expect(await exited).toBe(0)
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })

  it('on SIGTERM cuts a call that runs longer than DRAIN_MS, and still exits with 0', async () => {
    const { child, listening, exited } = start({ DRAIN_MS: '400' })
    const url = await listening
    const running = await send(url, call('analyze_data', { num_items: 1000 }), await open(url))
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(await running.text()).not.toContain('"result"')
  })
})
