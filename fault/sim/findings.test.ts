// What goes wrong in a simulation and is no counterexample of an answer: errors that nobody catches, and standstills.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ResilientClient } from '../../client/index.ts'
import { Hang, StackError } from '../stack.ts'
import { startSimulatedStack } from './start.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const source = (path: string) => JSON.stringify(join(ROOT, path))

let folder = ''
beforeAll(async () => {
  // Where a store of a user's own would find its packages.
  folder = await mkdtemp(join(ROOT, 'node_modules', '.findings-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A store that does as ours, but for what `update` does first. */
async function storeThat(name: string, does: string): Promise<string> {
  const file = join(folder, `${name}.ts`)
  const text = `import { Redis } from 'ioredis'
import { RedisSessionStore } from ${source('server/store/redis-store.ts')}
import { wrapped } from ${source('specimens/wrapped-store.ts')}
export const open = (settings) => {
  const store = new RedisSessionStore(settings)
  return { ...wrapped(store), async update(...all) { ${does}; return store.update(...all) } }
}
`
  await writeFile(file, text)
  return file
}

async function crashesOf(store: string) {
  const stack = await startSimulatedStack({ store })
  await stack.run(async () => {
    await stack.heal()
    const { endpoint, fetch, clock } = stack
    const clientInfo = { name: 'test', version: '0' }
    const client = new ResilientClient(endpoint, { clientInfo, fetch, clock, deadlineMs: 1_000 })
    await client.callTool({ name: 'increment_counter' }).catch(() => undefined)
    await client.close()
  })
  return stack.crashes
}

describe('an error that nobody handles ends the instance that it comes from, and is told', () => {
  it.each([
    ['a rejection', 'Promise.reject(new Error("nobody"))'],
    ['a throw in a timer', 'setTimeout(() => { throw new Error("nobody") }, 1)'],
    ['a throw in a tick', 'process.nextTick(() => { throw new Error("nobody") })'],
  ])('%s', async (name, does) => {
    const [first] = await crashesOf(await storeThat(name.replaceAll(' ', '-'), does))
    expect(first).toMatchObject({ backend: expect.stringMatching(/^mcp-server-\d$/), how: 'uncaught Error: nobody' })
    expect(first?.log).toMatch(/nobody[\s\S]*at /)
  })

  it('that of a client is told as well', async () => {
    const stack = await startSimulatedStack()
    await stack.run(async () => {
      void Promise.reject(new Error('of a client'))
      await stack.clock.sleep(1)
    })
    expect(stack.crashes).toMatchObject([{ backend: 'a client', how: 'uncaught Error: of a client' }])
  })

  it('and afterwards the process has its own listeners back', async () => {
    const before = process.listeners('unhandledRejection')
    await crashesOf(await storeThat('again', 'Promise.reject(new Error("nobody"))'))
    expect(process.listeners('unhandledRejection')).toEqual(before)
  })
})

describe('a standstill', () => {
  it('of an hour is a hang that tells what was pending', async () => {
    const stack = await startSimulatedStack()
    const hung = stack.run(() => new Promise<never>(() => {}))
    await expect(hung).rejects.toThrow(Hang)
    await expect(hung).rejects.toThrow(
      /nobody got an answer for a virtual hour; what waits:[\s\S]*a check of mcp-server/,
    )
  })

  it('on purpose is none', async () => {
    const stack = await startSimulatedStack()
    expect(await stack.run(() => stack.clock.sleep(3 * 3_600_000).then(() => 'slept'))).toBe('slept')
  })
})

describe('what cannot be', () => {
  it('is told where the stack is used outside of its time', async () => {
    const stack = await startSimulatedStack()
    await expect(stack.heal()).rejects.toThrow(
      new StackError('time passes only in `run` here: use the stack within it'),
    )
    await expect(stack.fetch(stack.endpoint)).rejects.toThrow(/only in `run`/)
  })

  it('is told where a module has no `open`', async () => {
    const file = join(folder, 'empty.ts')
    await writeFile(file, 'export const nothing = 1\n')
    await expect(startSimulatedStack({ store: file })).rejects.toThrow(/has no function `open`/)
  })

  it('is told where a store asks the simulated Redis for what it does not have', async () => {
    const store = await storeThat(
      'unknown-command',
      `await new Redis(settings.url).call('XADD', 'stream', '*', 'a', 'b').catch(() => {})`,
    )
    await expect(crashesOf(store)).rejects.toThrow(
      new StackError('the simulated Redis has no command XADD: use --stack process'),
    )
  })

  it('is told where a store dials what the simulation does not have', async () => {
    const store = await storeThat(
      'elsewhere',
      'await new Promise((done) => { import("node:net").then((net) => { try { net.connect(5432, "db") } catch (error) { globalThis.told = error.message } done(undefined) }) })',
    )
    await crashesOf(store)
    expect(Reflect.get(globalThis, 'told')).toBe('connect ECONNREFUSED db:5432, which the simulation does not have')
  })
})
