// Waiting with an end, on the stack's own clock: one of the machine's would let the simulation run away meanwhile.
import { type Stack, StackError } from '../../fault/stack.ts'

interface Patience {
  readonly limitMs: number
  /** Pause between two looks. */
  readonly everyMs?: number
  /** Says what is missing, when the limit has passed. */
  readonly missing: () => string
}

/** Looks again and again until it is so. Rejects with a StackError when the limit has passed. */
export async function until({ clock }: Stack, isSo: () => Promise<boolean>, patience: Patience): Promise<void> {
  const { limitMs, everyMs = 10, missing } = patience
  const end = clock.now() + limitMs
  while (!(await isSo())) {
    if (clock.now() > end) throw new StackError(missing())
    await clock.sleep(everyMs)
  }
}
