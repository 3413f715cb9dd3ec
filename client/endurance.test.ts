// What only shows after many calls.
import { expect, test } from 'vitest'
import { status } from './testing/fake-tier.ts'
import { connected, increment } from './testing/harness.ts'

test('1,500 calls one after the other, with one signal, give no warning of leaking listeners', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const { clock, client, counter } = await connected()
  const { signal } = new AbortController()
  for (let call = 0; call < 1500; call++) {
    await client.callTool({ name: 'increment_counter' }, undefined, { signal })
  }
  await clock.settle()
  process.off('warning', note)
  expect(counter()).toBe(1500)
  expect(warnings).toEqual([])
  expect(clock.pending).toBe(0)
})

test('a call of many tries gives no warning', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const { clock, client, tier, told } = await connected()
  tier.always('increment_counter', status(503))
  await clock.until(increment(client, 'stubborn').catch(() => undefined))
  process.off('warning', note)
  expect(told.filter((line) => line.startsWith('attempt') && line.includes(' on ')).length).toBeGreaterThan(40)
  expect(warnings).toEqual([])
  expect(clock.pending).toBe(0)
})

test('100 calls at once give no warning either', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const { clock, client, tier, counter } = await connected()
  tier.server.forget('s1')
  await clock.until(Promise.all(Array.from({ length: 100 }, (_, number) => increment(client, `call ${number}`))))
  process.off('warning', note)
  expect(counter()).toBe(100)
  expect(warnings).toEqual([])
})
