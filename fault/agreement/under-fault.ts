// An increment under a fault of a link: what is heard of it before the fault is healed and after, and what it has left.
import type { Link, Stack } from '../stack.ts'
import type { Answer, Session } from './session.ts'

/** In which an answer that could come would have come. */
const SILENCE_MS = 250

/** What a session answers of its counter. */
export const counter = (value: number) => ({ by: 'its own', said: { counter: value } }) satisfies Answer

/** What the promise has come to by then. */
export function afterSilence<Result>(stack: Stack, promise: Promise<Result>): Promise<Result | 'silence'> {
  return Promise.race([promise, stack.clock.sleep(SILENCE_MS).then(() => 'silence' as const)])
}

export async function incrementUnder(stack: Stack, session: Session, link: Link, fault: () => Promise<unknown>) {
  await fault()
  const call = session.call('increment_counter')
  const before = await afterSilence(stack, call)
  await link.heal()
  return { before, after: await call, executed: await session.call('get_counter') }
}
