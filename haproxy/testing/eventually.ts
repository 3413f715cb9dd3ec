// What will be so in a moment: looked at again and again, with a limit that a busy machine keeps too.
import { expect } from 'vitest'

export const eventually = (look: () => Promise<unknown> | string) =>
  expect.poll(look, { timeout: 15_000, interval: 20 })
