// How long a command of a calm trace takes at most, with the calls that it makes fail and the healing that it makes
// necessary: a trace must end before anything could expire of which nobody said so.
import { isCall, linkOf, type Machine } from '../../properties/machine.ts'
import { type CallCommand, type Command, type FaultCommand, kindOf, type LinkRole } from '../../properties/trace.ts'
import { DEADLINE_MS } from './impatient-client.ts'

/** Waits above this are on purpose, and end far from a TTL; two of them show what there is to see. */
export const SHORT_WAIT_MS = 200
export const LONG_WAITS = 2
/** Of a TTL, for all that is not waited on purpose. */
export const SHARE = { besideWaits: 0.12, alone: 0.82 }
/** From then on an operation of the store that needs a second answer takes too long. */
const FAILING_DELAY_MS = 100
/** The first call of a client whose instance fails. */
const FAILOVER_MS = 900
const TAKES_MS: Readonly<Record<string, number>> = {
  analyze: 900,
  watch: 1_100,
  kill: 700,
  stop: 1_300,
  pause: 300,
  cut: 400,
  dropReplies: 400,
  delay: 600,
  reset: 250,
}
const OTHERS_TAKE_MS = 30

export function timeOf(command: Command, machine: Machine): number {
  if ('wait' in command) return command.wait.ms > SHORT_WAIT_MS ? 0 : command.wait.ms
  const { call, fault } = partsOf(command)
  const parts = [call, fault].filter((each) => each !== undefined)
  if (parts.length === 0) return OTHERS_TAKE_MS
  const own = parts.map((each) => TAKES_MS[kindOf(each)] ?? OTHERS_TAKE_MS).reduce((sum, ms) => sum + ms)
  return own + (fault ? failoverMs(fault, machine) : 0)
}

function failoverMs(fault: FaultCommand, { clients }: Machine): number {
  const open = [...clients.values()].filter((state) => state === 'open').length
  const { of } = failureBy(fault) ?? {}
  if (of === 'everybody') return DEADLINE_MS
  return of === 'some' ? open * FAILOVER_MS : 0
}

/** Why calls fail, until they go another way: an instance is paused, or that link fails. */
export interface Failure {
  readonly of: 'some' | 'everybody'
  readonly link: LinkRole | undefined
}

export function failureBy(fault: FaultCommand): Failure | undefined {
  if ('pause' in fault) return { of: 'some', link: undefined }
  if ('cut' in fault || 'dropReplies' in fault || ('delay' in fault && fault.delay.ms >= FAILING_DELAY_MS)) {
    const link = linkOf(fault)
    return { of: typeof link === 'string' ? 'everybody' : 'some', link }
  }
  return undefined
}

export function partsOf(command: Command): { readonly call?: CallCommand; readonly fault?: FaultCommand } {
  if ('during' in command) return command.during
  if (isCall(command)) return { call: command }
  return 'open' in command || 'close' in command || 'wait' in command ? {} : { fault: command }
}
