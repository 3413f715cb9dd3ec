// How long a calling client goes without an answer when the instance that serves it is killed, paused or stopped, and
// when all three are restarted one after another. Default timers, Toxiproxy out of the path, one fault at a time. The
// counter is held against the acknowledged increments: an answer that was bought with a lost or repeated one is no answer.
import { type Backend, type Stack, startStack } from '../fault/index.ts'
import { CallingClient } from './calling-client.ts'
import { quantile } from './quantile.ts'
import { rounded, type Table } from './table.ts'

/** Hurts the stack under the client; answers milliseconds without an answer. */
type Round = (stack: Stack, client: CallingClient) => Promise<number>

function servingOf(stack: Stack, name: string): Backend {
  const backend = stack.backends.find((each) => each.name === name)
  if (backend === undefined) throw new Error(`there is no instance ${name}`)
  return backend
}

/** From the fault to the next call that another instance acknowledges. */
function untilAnotherAnswers(fault: 'kill' | 'pause'): Round {
  return async (stack, client) => {
    const { instance } = await client.next(() => true)
    const began = performance.now()
    const hurt = servingOf(stack, instance)[fault]()
    const answer = await client.next((each) => each.instance !== instance)
    await hurt
    return answer.at - began
  }
}

/** The longest time between two answers while instances stop and start. */
function longestGap(stopping: (stack: Stack, serving: Backend) => readonly Backend[]): Round {
  return async (stack, client) => {
    const { instance, at } = await client.next(() => true)
    for (const backend of stopping(stack, servingOf(stack, instance))) {
      await backend.stop()
      await stack.heal()
    }
    await client.next(() => true)
    return client.longestGapSince(at)
  }
}

const ROUNDS: readonly { readonly fault: string; readonly times: number; readonly round: Round }[] = [
  { fault: 'kill -9', times: 200, round: untilAnotherAnswers('kill') },
  { fault: 'SIGSTOP', times: 20, round: untilAnotherAnswers('pause') },
  { fault: 'SIGTERM', times: 10, round: longestGap((_, serving) => [serving]) },
  { fault: 'all three restarted in turn', times: 5, round: longestGap(({ backends }) => backends) },
]

export async function benchFailover(): Promise<Table[]> {
  const stack = await startStack({ tier: 'process', ttlMs: 1_800_000, links: 'direct' })
  try {
    const rows = []
    for (const { fault, times, round } of ROUNDS) rows.push(await measure(stack, { fault, times, round }))
    return [{ title: 'Milliseconds without an answer to a client that calls without a pause', rows }]
  } finally {
    await stack.close()
  }
}

async function measure(stack: Stack, { fault, times, round }: (typeof ROUNDS)[number]): Promise<Table['rows'][number]> {
  const client = await CallingClient.start(stack)
  const gaps: number[] = []
  while (gaps.length < times) {
    gaps.push(await round(stack, client))
    await stack.heal()
    if (process.stderr.isTTY) process.stderr.write(`\r${fault}: ${gaps.length} of ${times}  `)
  }
  if (process.stderr.isTTY) process.stderr.write('\n')
  const { acknowledged, failed, counted } = await client.stop()
  return {
    fault,
    times,
    'median ms': rounded(quantile(gaps, 0.5)),
    'p99 ms': rounded(quantile(gaps, 0.99)),
    'most ms': rounded(quantile(gaps, 1)),
    acknowledged,
    counted,
    'failed calls': failed,
  }
}
