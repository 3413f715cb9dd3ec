// Work done once for all who wait for it.
import { expect, test } from 'vitest'
import { Shared } from './shared.ts'

const never = new AbortController().signal

test('all who join get the one result', async () => {
  let runs = 0
  const shared = new Shared(async () => ++runs)
  expect(await Promise.all([shared.join(never), shared.join(never)])).toEqual([1, 1])
  expect(shared.joinable).toBe(false)
})

test('one who leaves does not stop it, the last one does', async () => {
  let stopped: AbortSignal | undefined
  const shared = new Shared((stop) => {
    stopped = stop
    return new Promise<never>(() => {})
  })
  const [first, second] = [new AbortController(), new AbortController()]
  const joined = [shared.join(first.signal), shared.join(second.signal)].map((join) => join.catch((reason) => reason))
  first.abort('first')
  expect([stopped?.aborted, shared.joinable]).toEqual([false, true])
  second.abort('second')
  expect([stopped?.aborted, shared.joinable]).toEqual([true, false])
  expect(await Promise.all(joined)).toEqual(['first', 'second'])
})

test('its failure is the failure of all who wait', async () => {
  const shared = new Shared(() => Promise.reject(new Error('no')))
  await expect(shared.join(never)).rejects.toThrow('no')
  await expect(shared.settled).resolves.toBeUndefined()
})
