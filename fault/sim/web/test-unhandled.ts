// What nobody catches is compared by some tests, and no failure by itself: here the test runner does not hear of it.
import { afterAll, beforeAll } from 'vitest'

export function hearUnhandledRejections(): void {
  const listeners = process.rawListeners('unhandledRejection')
  beforeAll(() => void process.removeAllListeners('unhandledRejection'))
  afterAll(() => {
    for (const listener of listeners)
      process.on('unhandledRejection', (...told) => void Reflect.apply(listener, process, told))
  })
}
