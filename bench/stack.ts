// How long a stack of processes takes to start, to be reset between two traces, to heal after a kill, and to close.
import { startStack } from '../fault/index.ts'
import { quantile } from './quantile.ts'
import { rounded, type Table } from './table.ts'

const STARTS = 5
const RESETS = 50

/** Over several stacks and resets. */
export async function benchStack(): Promise<Table[]> {
  const times = new Map<string, number[]>()
  const timed = async <Result>(step: string, action: () => Promise<Result>): Promise<Result> => {
    const began = performance.now()
    const result = await action()
    times.set(step, [...(times.get(step) ?? []), performance.now() - began])
    return result
  }
  for (let started = 0; started < STARTS; started++) {
    const stack = await timed('start', () => startStack({ tier: 'process' }))
    for (let reset = 0; reset < RESETS; reset++) await timed('reset', () => stack.reset())
    await stack.backends[0]?.kill()
    await timed('heal after a kill', () => stack.heal())
    await timed('close', () => stack.close())
  }
  const rows = [...times].map(([step, all]) => ({
    step,
    'least ms': rounded(quantile(all, 0)),
    'median ms': rounded(quantile(all, 0.5)),
    'most ms': rounded(quantile(all, 1)),
    times: all.length,
  }))
  return [{ title: 'The stack of processes', rows }]
}
