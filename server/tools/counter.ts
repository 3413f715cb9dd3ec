// The counter of a session: the smallest state that shows a lost or a doubled update.
import { z } from 'zod'
import type { Json } from '../../wire/json.ts'
import { defineTool } from './tool.ts'

export const COUNTER = 'counter'

/** The number that a stored counter stands for; none is 0. */
export function counterValue(stored: Json | undefined): number {
  return typeof stored === 'number' ? stored : 0
}

export const incrementCounter = defineTool({
  name: 'increment_counter',
  description: "Adds one to this session's counter and returns its new value.",
  arguments: z.object({}),
  run: (_args, { session }) =>
    session.update(COUNTER, (now) => {
      const counter = counterValue(now) + 1
      return { value: counter, reply: { counter } }
    }),
})

export const getCounter = defineTool({
  name: 'get_counter',
  description: "Returns this session's counter, 0 where it was never incremented.",
  arguments: z.object({}),
  run: async (_args, { session }) => ({ counter: counterValue(await session.get(COUNTER)) }),
})
