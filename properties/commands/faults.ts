// Faults: what each does to the stack. The history gets when it was asked for and when it was in force, and what was hit.
import type { Backend, Link } from '../../fault/stack.ts'
import { type LinkFault, linkOf, spelled } from '../machine.ts'
import type { Real } from '../real.ts'
import { type FaultCommand, kindOf } from '../trace.ts'

/** A fault with its target found: what will be hit, and how. Hitting nothing is said too. */
export interface Aimed {
  readonly kind: string
  readonly hit: string
  /** The backend or the links that it hits. */
  readonly backend?: Backend
  readonly links?: readonly Link[]
  inflict(): Promise<void>
}

/** Finds the target of a fault now. */
export function aim(real: Real, fault: FaultCommand): Aimed {
  const kind = kindOf(fault)
  if ('kill' in fault) return backendFault(kind, real.backend(fault.kill.backend), (each) => each.kill())
  if ('stop' in fault) return backendFault(kind, real.backend(fault.stop.backend), (each) => each.stop())
  if ('start' in fault) return backendFault(kind, real.backend(fault.start.backend), (each) => each.start())
  if ('pause' in fault) return backendFault(kind, real.backend(fault.pause.backend), (each) => each.pause())
  if ('continue' in fault) return backendFault(kind, real.backend(fault.continue.backend), (each) => each.continue())
  if ('end' in fault) return endSession(real, fault.end.client)
  // There is one balancer: its target is what is done to it.
  if ('balancer' in fault) return { kind, hit: fault.balancer, inflict: () => real.stack.balancer.restart() }
  const links = real.links(linkOf(fault))
  const inflict = async () => {
    await Promise.all(links.map((link) => hurt(link, fault)))
    if ('heal' in fault) real.forgetHurt(fault.heal.link)
    else if (!('reset' in fault)) real.hurt.push({ role: spelled(linkOf(fault)), links })
  }
  return { kind, hit: links.map(({ name }) => name).join(', '), links, inflict }
}

/** Does it, and says so in the history. */
export async function inflict(real: Real, aimed: Aimed): Promise<void> {
  const { kind: fault, hit: target } = aimed
  real.recorder.add({ type: 'fault', fault, target, phase: 'asked', inFlight: real.recorder.inFlight })
  await aimed.inflict()
  real.recorder.add({ type: 'fault', fault, target, phase: 'inForce', inFlight: real.recorder.inFlight })
}

function backendFault(kind: string, backend: Backend, act: (backend: Backend) => Promise<void>): Aimed {
  return { kind, hit: backend.name, backend, inflict: () => act(backend) }
}

function hurt(link: Link, fault: LinkFault): Promise<void> {
  if ('cut' in fault) return link.cut()
  if ('reset' in fault) return link.reset()
  if ('heal' in fault) return link.heal()
  if ('delay' in fault) {
    const { ms, jitterMs } = fault.delay
    return link.delay({ ms, ...(jitterMs !== undefined && { jitterMs }) })
  }
  const { closeAfterMs } = fault.dropReplies
  return link.dropReplies(closeAfterMs === undefined ? {} : { closeAfterMs })
}

/** DELETE of a client's session, sent past the client: the protocol session ends, its state stays. */
function endSession(real: Real, number: number): Aimed {
  const session = real.session({ client: number, age: 0 })
  const { endpoint, fetch } = real.stack
  const inflict = async () => {
    const signal = new AbortController()
    const stopWaiting = real.stack.clock.after(real.settings.timers.deadlineMs, () => signal.abort())
    try {
      const headers = { 'mcp-session-id': session }
      const response = await fetch(endpoint, { method: 'DELETE', headers, signal: signal.signal })
      await response.body?.cancel()
    } catch {
      // The network is hurt: whether the session ended is then not known, and nothing hangs on it.
    } finally {
      stopWaiting()
    }
  }
  return { kind: 'end', hit: session, inflict }
}
