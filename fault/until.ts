// Waiting with an end: nothing in a stack is waited for without a limit and a sentence that says what did not come.
import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './stack.ts'

export interface Patience {
  readonly limitMs: number
  /** Pause between two looks. */
  readonly everyMs?: number
  /** Says what is missing, when the limit has passed. */
  readonly missing: () => string
}

/** Looks again and again until `look` finds something. Rejects with a StackError when the limit has passed. */
export async function until<Found>(look: () => Promise<Found | undefined>, patience: Patience): Promise<Found> {
  const end = performance.now() + patience.limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new StackError(patience.missing())
    await sleep(patience.everyMs ?? 10)
  }
}

/** The promise's own result, or a StackError when it takes longer than that. */
export async function within<Result>(limitMs: number, missing: string, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StackError(missing)), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
