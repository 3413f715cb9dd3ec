// One trace on one stack, from a clean start to the verdict: first everything that the trace asks for, then everything
// healed and every client asked once more.
import fc from 'fast-check'
import { Hang, type Stack } from '../fault/stack.ts'
import type { Bounds } from './bounds.ts'
import type { ClientTimers, OpenClient } from './client-under-test.ts'
import { beginCall } from './commands/calls.ts'
import { performClose } from './commands/lifecycle.ts'
import { TraceCommand } from './commands/trace-command.ts'
import { firstMachine } from './machine.ts'
import { PROMISES } from './promises/all.ts'
import type { Finding, RunRecord } from './promises/promise.ts'
import { type Done, Real } from './real.ts'
import { Recorder } from './recorder.ts'
import type { Trace } from './trace.ts'

export interface RunSettings {
  readonly stack: Stack
  readonly openClient: OpenClient
  readonly timers: ClientTimers
  readonly bounds: Bounds
  /** A number in [0, 1), for the clients' jitter. */
  readonly random: () => number
  /** Whether clients send idempotency keys, where the trace does not say. */
  readonly keys: 'on' | 'off'
  /** Aborting it ends the run at once. */
  readonly signal?: AbortSignal
}

export interface Run extends RunRecord {
  readonly trace: Trace
  /** What each command did. */
  readonly done: readonly Done[]
  readonly finding: Finding | undefined
  readonly decided: 'decided' | 'undecided'
}

/**
 * Runs a trace and judges it.
 * @throws StackError where the stack itself could not be kept; the signal's reason once it is aborted.
 */
export async function runTrace(trace: Trace, settings: RunSettings): Promise<Run> {
  const { stack, openClient, timers, random, bounds, signal } = settings
  const keys = trace.settings.keys ?? settings.keys
  const recorder = new Recorder(stack.clock)
  const real = new Real({ stack, recorder, openClient, settings: { random, keys, timers } })
  const crashedBefore = stack.crashes.length
  const { finals, hang } = await stack
    .run(() => drive(trace, real, signal))
    .then(
      (asked) => ({ finals: asked, hang: undefined }),
      (error: unknown) => {
        if (!(error instanceof Hang)) throw error
        return { finals: new Set<string>(), hang: error.message }
      },
    )
  const { history } = recorder
  const crashes = stack.crashes.slice(crashedBefore)
  const judged = { history, ttlMs: trace.settings.ttlMs, deadlineMs: timers.deadlineMs, keys, bounds, crashes, finals }
  const record = { ...judged, hang }
  return { ...record, trace, done: real.done, ...judgeRun(record) }
}

/** What is known of a run that had to be ended from outside: that it hung, and nothing else. */
export function hungRun(
  trace: Trace,
  { timers, bounds, keys, hang }: Pick<RunSettings, 'timers' | 'bounds' | 'keys'> & { readonly hang: string },
): Run {
  const record = {
    ...{ history: [], ttlMs: trace.settings.ttlMs, deadlineMs: timers.deadlineMs, keys, bounds, crashes: [] },
    finals: new Set<string>(),
    hang,
  }
  return { ...record, trace, done: [], ...judgeRun(record) }
}

async function drive(trace: Trace, real: Real, signal: AbortSignal | undefined): Promise<Set<string>> {
  await real.stack.reset()
  await real.countDowns()
  // Closing the clients ends their calls: nobody who interrupts waits for their deadlines.
  const interrupted = () => void closeClients(real)
  signal?.addEventListener('abort', interrupted, { once: true })
  return commandsThenFinals(trace, real, signal).finally(() => {
    signal?.removeEventListener('abort', interrupted)
    return closeClients(real)
  })
}

async function commandsThenFinals(trace: Trace, real: Real, signal: AbortSignal | undefined): Promise<Set<string>> {
  const setup = () => ({ model: { machine: firstMachine(trace) }, real })
  await fc.asyncModelRun(
    setup,
    trace.commands.map((command) => new TraceCommand(command, signal)),
  )
  signal?.throwIfAborted()
  return askAgainAfterHealing(real)
}

/** Also where the stack broke: a client that nobody closed goes on trying until its calls' deadlines. */
async function closeClients(real: Real): Promise<void> {
  await Promise.all([...real.clients.keys()].map((client) => performClose(real, client)))
  await Promise.all(real.background)
}

/** Heals everything; then each open client reads all that it has, and writes once more. */
async function askAgainAfterHealing(real: Real): Promise<Set<string>> {
  await real.stack.heal()
  await Promise.all(real.background)
  const finals = new Set<string>()
  for (const [client, { state }] of real.clients) {
    if (state === 'closed') continue
    for (const command of [{ summary: { client } }, { increment: { client } }]) {
      const { op, ended } = beginCall(real, command)
      finals.add(op)
      await ended
    }
  }
  await real.countDowns()
  return finals
}

function judgeRun(record: RunRecord): Pick<Run, 'finding' | 'decided'> {
  let decided: Run['decided'] = 'decided'
  for (const check of PROMISES) {
    const checked = check(record)
    if (checked.kind === 'broken') {
      const { promise, property, op, detail } = checked
      return { finding: { promise, property, op, detail }, decided }
    }
    if (checked.kind === 'undecided') decided = 'undecided'
  }
  return { finding: undefined, decided }
}
