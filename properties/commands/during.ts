// A fault in the middle of a call: when its request has left, or when its write is in the store and its reply is held
// back, which is the moment that stateful servers are not tested at.
import type { Link } from '../../fault/stack.ts'
import { argumentsOf } from '../machine.ts'
import type { Done, Real } from '../real.ts'
import type { During } from '../trace.ts'
import { beginCall } from './calls.ts'
import { type Aimed, aim, inflict } from './faults.ts'

/** How long a call may take to reach the store before the fault comes all the same. */
const EXECUTED_WITHIN_MS = 1_000

/** Long enough to inflict a fault in, short enough for three commands within a store deadline of 300 ms. */
const STORE_REPLY_HELD_MS = 60

export async function performDuring(real: Real, { call, at, fault }: During): Promise<Done> {
  const aimed = aim(real, fault)
  return at === 'sent' ? whenSent(real, call, aimed) : whenExecuted(real, call, aimed)
}

async function whenSent(real: Real, call: During['call'], aimed: Aimed): Promise<Done> {
  const { op, ended } = beginCall(real, call)
  await Promise.race([attemptSent(real, op), ended])
  await inflict(real, aimed)
  await ended
  return { op, hit: aimed.hit }
}

/** Resolves one turn after the first try of a call was sent, so that the request has left its client. */
function attemptSent({ recorder }: Real, op: string): Promise<void> {
  return new Promise((resolve) => {
    if (recorder.history.some((event) => event.type === 'attempt' && event.op === op)) setImmediate(resolve)
    const stop = recorder.listen((event) => {
      if (event.type !== 'attempt' || event.op !== op) return
      stop()
      setImmediate(resolve)
    })
  })
}

async function whenExecuted(real: Real, call: During['call'], aimed: Aimed): Promise<Done> {
  const watching = new AbortController()
  const { written } = await watchSession(real, argumentsOf(call).client, watching.signal)
  const release = await holdReplies(real, whatToHold(real, call, aimed))
  try {
    const { op, ended } = beginCall(real, call)
    const note = await Promise.race([
      written,
      ended.then(() => 'it had ended before its write was seen'),
      real.stack.clock.sleep(EXECUTED_WITHIN_MS, watching.signal).then(
        () => `no write was seen within ${EXECUTED_WITHIN_MS} ms`,
        () => undefined,
      ),
    ])
    // A draining instance waits for the reply to leave it.
    await Promise.all([inflict(real, aimed), aimed.kind === 'stop' ? release() : undefined])
    await release()
    await ended
    return { op, hit: aimed.hit, ...(note !== undefined && { note }) }
  } finally {
    watching.abort()
    await release()
  }
}

/** Keeps replies back on a link: a fault of its own, since whoever waits for them may lose patience. */
async function holdReplies(
  { recorder }: Real,
  { link, forMs }: { link: Link; forMs?: number },
): Promise<() => Promise<void>> {
  const told = { type: 'fault', fault: 'holdReplies', target: link.name, inFlight: recorder.inFlight } as const
  recorder.add({ ...told, phase: 'asked' })
  const release = await link.holdReplies(forMs)
  recorder.add({ ...told, phase: 'inForce' })
  return release
}

/** `written` resolves when a session that the client sends to is written, seen by a direct connection to the store. */
async function watchSession(real: Real, number: number, signal: AbortSignal): Promise<{ written: Promise<undefined> }> {
  const sessions = new Set([real.session({ client: number, age: 0 })])
  const stop = real.recorder.listen((event) => {
    if (event.type === 'attempt') sessions.add(event.session)
  })
  signal.addEventListener('abort', stop, { once: true })
  let seen = () => {}
  const written = new Promise<undefined>((resolve) => {
    seen = () => resolve(undefined)
  })
  await real.stack.redis.watchWrites((session) => sessions.has(session) && seen(), signal)
  return { written }
}

/**
 * Where replies are held. An instance's own, as long as it takes. Those of the store, for its links and for a pause, only
 * for a moment each: an operation that makes several commands must get to its write within the store's deadline.
 */
function whatToHold(real: Real, call: During['call'], { kind, links }: Aimed): { link: Link; forMs?: number } {
  const serving = real.stack.backends.indexOf(real.backend({ serving: argumentsOf(call).client })) + 1
  const isOfStore = kind === 'pause' || links?.some(({ name }) => name.startsWith('redis:'))
  const link = real.stack.links.get(isOfStore ? `redis:${serving}` : `backend:${serving}`)
  if (!link) throw new Error(`the stack has no link of backend ${serving}`)
  return isOfStore ? { link, forMs: STORE_REPLY_HELD_MS } : { link }
}
