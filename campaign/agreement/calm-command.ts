// One command of a trace without what hangs on chance, or on what ran on its stack before. What is left out, and why:
// - calls in the background, and faults at `sent`: whether the call or the fault comes first is chance
//   (at `executed`, with the reply held back, every fault on every link gave one and the same answer ten times in ten; but
//   for the DELETE of `end`, whose answer is held back too, until its instance is marked down);
// - instances counted among those up: which of them a balancer gives a new session to hangs on the sessions before it. The
//   one that serves a client means the same everywhere;
// - delays near a deadline: 300 ms for an operation of the store and for a handshake, 250 ms for a health check.
import { argumentsOf, isCall, linkOf } from '../../properties/machine.ts'
import type { Command, FaultCommand, LinkRole, Trace } from '../../properties/trace.ts'

/** There and back it is twice as much: an operation of the store gets all of its three answers, or only one. */
const STORE_DELAYS_MS = [20, 100]
const OTHER_DELAYS_MS = [20, 80]

export function withoutChance(command: Command): Command[] {
  if (isCall(command) && argumentsOf(command).background) return []
  if ('analyze' in command) return [{ analyze: { ...command.analyze, items: 0 } }]
  if ('delay' in command) return [calmDelay(command)]
  if (!('during' in command)) return [command]
  const { call, at } = command.during
  const fault = 'delay' in command.during.fault ? calmDelay(command.during.fault) : command.during.fault
  return at === 'executed' && !('end' in fault) ? [{ during: { call, at, fault } }] : [fault, call]
}

/** Each instance that is counted among those up becomes the one that serves a client. */
export function ofClients(trace: Trace): Trace {
  const { clients } = trace.topology
  const calm = (_: string, value: unknown) => (isAmongUp(value) ? { serving: value.up % clients } : value)
  return { ...trace, commands: JSON.parse(JSON.stringify(trace.commands), calm) }
}

function isAmongUp(value: unknown): value is { up: number } {
  return typeof value === 'object' && value !== null && 'up' in value
}

function calmDelay(fault: Extract<FaultCommand, { delay: unknown }>): FaultCommand {
  const link = linkOf(fault)
  const delays = isOfStore(link) ? STORE_DELAYS_MS : OTHER_DELAYS_MS
  return { delay: { link, ms: delays.findLast((ms) => ms <= fault.delay.ms) ?? 0 } }
}

export function isOfStore(link: LinkRole): boolean {
  return typeof link === 'string' ? link.startsWith('redis:') : 'redis' in link
}
