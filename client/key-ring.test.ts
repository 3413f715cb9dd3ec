// Keys and the mark.
import { expect, test } from 'vitest'
import { KeyRing } from './key-ring.ts'

test('each key has the next seq, and a mark at the lowest that has not ended', () => {
  const ring = new KeyRing('c')
  const first = ring.take()
  const second = ring.take()
  expect([first, second]).toEqual([
    { client: 'c', seq: 1, acknowledgedBelow: 1 },
    { client: 'c', seq: 2, acknowledgedBelow: 1 },
  ])
  ring.release(second)
  expect(ring.take()).toEqual({ client: 'c', seq: 3, acknowledgedBelow: 1 })
  ring.release(first)
  expect(ring.take()).toEqual({ client: 'c', seq: 4, acknowledgedBelow: 3 })
})

test('a mark is never above the seq that carries it', () => {
  const ring = new KeyRing('c')
  for (let seq = 1; seq <= 5; seq++) {
    const key = ring.take()
    expect(key).toEqual({ client: 'c', seq, acknowledgedBelow: seq })
    ring.release(key)
  }
})
