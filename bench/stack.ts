// How long a stack of processes takes to start, to be reset between two traces, to heal after a kill, and to close.
import { startStack } from '../fault/index.ts'

const STARTS = 5
const RESETS = 50

/** Milliseconds of each step, over several stacks and resets. */
export async function benchStack(): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = { start: [], reset: [], 'heal after a kill': [], close: [] }
  const timed = async <Result>(what: string, step: () => Promise<Result>): Promise<Result> => {
    const began = performance.now()
    const result = await step()
    times[what]?.push(performance.now() - began)
    return result
  }
  for (let started = 0; started < STARTS; started++) {
    const stack = await timed('start', () => startStack({ tier: 'process' }))
    for (let reset = 0; reset < RESETS; reset++) await timed('reset', () => stack.reset())
    await stack.backends[0]?.kill()
    await timed('heal after a kill', () => stack.heal())
    await timed('close', () => stack.close())
  }
  return times
}
