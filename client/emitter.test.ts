// Events: told at once, and a listener's bug harms nobody else.
import { expect, test } from 'vitest'
import { Emitter } from './emitter.ts'
import { ManualClock } from './testing/manual-clock.ts'

test('a listener hears in the same turn, with the time, until it is taken off', async () => {
  const clock = new ManualClock()
  const emitter = new Emitter(clock)
  const heard: number[] = []
  const listener = ({ at }: { at: number }) => heard.push(at)
  emitter.on('abandoned', listener)
  await clock.advance(7)
  emitter.emit('abandoned', (at) => ({ at, session: 's', reason: 'r' }))
  expect(heard).toEqual([7])
  emitter.off('abandoned', listener)
  emitter.emit('abandoned', (at) => ({ at, session: 's', reason: 'r' }))
  expect(heard).toEqual([7])
})

test('a listener that throws stops neither the others nor the client; its error surfaces as uncaught', async () => {
  const emitter = new Emitter(new ManualClock())
  const heard: string[] = []
  emitter.on('abandoned', () => {
    throw new Error('a bug in a listener')
  })
  emitter.on('abandoned', ({ session }) => heard.push(session))
  const uncaught = new Promise<unknown>((resolve) => {
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => {
      for (const other of others) process.on('uncaughtException', other)
      resolve(error)
    })
  })
  emitter.emit('abandoned', (at) => ({ at, session: 's', reason: 'r' }))
  expect(heard).toEqual(['s'])
  expect(await uncaught).toMatchObject({ message: 'a bug in a listener' })
})
