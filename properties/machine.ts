// What the trace so far says of the stack, and so which command applies next. Pure, and of the trace alone: generation,
// repair while shrinking and fast-check's `check` all ask here, and none of them ever saw an answer.
import type { BackendRole, CallCommand, Command, FaultCommand, LinkRole, Trace } from './trace.ts'

export interface Machine {
  /** How many instances there are in each state. Roles decide which, when the command runs. */
  readonly backends: { readonly up: number; readonly paused: number; readonly down: number }
  readonly clients: ReadonlyMap<number, 'open' | 'closed'>
  readonly maxClients: number
  /** The link roles that are hurt, in the order they were, as the trace spells them. */
  readonly hurt: readonly string[]
}

export function firstMachine({ topology }: Pick<Trace, 'topology'>): Machine {
  return {
    backends: { up: topology.backends, paused: 0, down: 0 },
    clients: new Map(),
    maxClients: topology.clients,
    hurt: [],
  }
}

/** Whether the command can do anything at this point of a trace. */
export function applies(machine: Machine, command: Command): boolean {
  if ('open' in command) {
    const { client } = command.open
    return client < machine.maxClients && machine.clients.get(client) !== 'open'
  }
  if ('close' in command) return isOpen(machine, command.close.client)
  if ('wait' in command) return true
  if ('during' in command) {
    const { call, at, fault } = command.during
    if (argumentsOf(call).background || (at === 'executed' && !writes(call))) return false
    return callApplies(machine, call) && faultApplies(machine, fault)
  }
  return isCall(command) ? callApplies(machine, command) : faultApplies(machine, command)
}

/** Only a write can be seen in the store. */
function writes(call: CallCommand): boolean {
  return 'increment' in call || 'addNote' in call || 'analyze' in call || 'resume' in call
}

function callApplies(machine: Machine, call: CallCommand): boolean {
  if (!isOpen(machine, argumentsOf(call).client)) return false
  const ref = 'resume' in call ? call.resume.from : 'peek' in call ? call.peek.of : undefined
  return ref === undefined || typeof ref === 'string' || machine.clients.has(ref.client)
}

function faultApplies(machine: Machine, fault: FaultCommand): boolean {
  const { up, paused, down } = machine.backends
  if ('end' in fault) return isOpen(machine, fault.end.client)
  if ('balancer' in fault) return true
  if ('kill' in fault) return has(machine, fault.kill.backend, up)
  if ('stop' in fault) return has(machine, fault.stop.backend, up)
  if ('pause' in fault) return has(machine, fault.pause.backend, up)
  if ('start' in fault) return has(machine, fault.start.backend, down)
  if ('continue' in fault) return has(machine, fault.continue.backend, paused)
  if ('heal' in fault) {
    const { link } = fault.heal
    return isFaulty(link) ? machine.hurt.length > 0 : machine.hurt.includes(spelled(link))
  }
  return !isFaulty(linkOf(fault))
}

function has({ backends, clients }: Machine, role: BackendRole, inThatState: number): boolean {
  if (inThatState === 0) return false
  if (typeof role === 'number') return role <= backends.up + backends.paused + backends.down
  return !('serving' in role) || clients.has(role.serving)
}

/** The machine after a command that applied. */
export function next(machine: Machine, command: Command): Machine {
  if ('open' in command) return withClient(machine, command.open.client, 'open')
  if ('close' in command) return withClient(machine, command.close.client, 'closed')
  if ('during' in command) return afterFault(machine, command.during.fault)
  if ('wait' in command || isCall(command)) return machine
  return afterFault(machine, command)
}

function afterFault(machine: Machine, fault: FaultCommand): Machine {
  const { up, paused, down } = machine.backends
  if ('kill' in fault || 'stop' in fault) return { ...machine, backends: { up: up - 1, paused, down: down + 1 } }
  if ('start' in fault) return { ...machine, backends: { up: up + 1, paused, down: down - 1 } }
  if ('pause' in fault) return { ...machine, backends: { up: up - 1, paused: paused + 1, down } }
  if ('continue' in fault) return { ...machine, backends: { up: up + 1, paused: paused - 1, down } }
  if ('end' in fault || 'reset' in fault || 'balancer' in fault) return machine
  const link = linkOf(fault)
  if ('heal' in fault) return { ...machine, hurt: afterHeal(machine.hurt, link) }
  return { ...machine, hurt: [...machine.hurt, spelled(link)] }
}

function afterHeal(hurt: readonly string[], link: LinkRole): string[] {
  if (!isFaulty(link)) return hurt.filter((each) => each !== spelled(link))
  return hurt.filter((_, index) => index !== link.faulty % hurt.length)
}

/** The shortest trace that keeps the commands which apply, each in its place. */
export function repaired(trace: Trace): Trace {
  let machine = firstMachine(trace)
  const commands = trace.commands.filter((command) => {
    if (!applies(machine, command)) return false
    machine = next(machine, command)
    return true
  })
  return { ...trace, commands }
}

/** The place of the first command that does not apply, if any. */
export function firstInapplicable(trace: Trace): number | undefined {
  const kept = repaired(trace).commands
  const at = trace.commands.findIndex((command, index) => command !== kept[index])
  return at < 0 ? undefined : at
}

function withClient(machine: Machine, client: number, state: 'open' | 'closed'): Machine {
  return { ...machine, clients: new Map(machine.clients).set(client, state) }
}

function isOpen(machine: Machine, client: number): boolean {
  return machine.clients.get(client) === 'open'
}

/** How a link role is told apart from others. */
export function spelled(link: LinkRole): string {
  return typeof link === 'string' ? link : JSON.stringify(link)
}

function isFaulty(link: LinkRole): link is { faulty: number } {
  return typeof link === 'object' && 'faulty' in link
}

export type LinkFault = Extract<
  FaultCommand,
  { cut: unknown } | { reset: unknown } | { delay: unknown } | { dropReplies: unknown } | { heal: unknown }
>

export function linkOf(fault: LinkFault): LinkRole {
  if ('cut' in fault) return fault.cut.link
  if ('reset' in fault) return fault.reset.link
  if ('delay' in fault) return fault.delay.link
  if ('heal' in fault) return fault.heal.link
  return fault.dropReplies.link
}

export function isCall(command: Command): command is CallCommand {
  return argumentsOfCall(command) !== undefined
}

export function argumentsOf(call: CallCommand): { readonly client: number; readonly background?: true | undefined } {
  const found = argumentsOfCall(call)
  if (!found) throw new Error(`no call: ${JSON.stringify(call)}`)
  return found
}

function argumentsOfCall(command: Command): { client: number; background?: true | undefined } | undefined {
  if ('increment' in command) return command.increment
  if ('getCounter' in command) return command.getCounter
  if ('listNotes' in command) return command.listNotes
  if ('summary' in command) return command.summary
  if ('addNote' in command) return command.addNote
  if ('analyze' in command) return command.analyze
  if ('watch' in command) return command.watch
  if ('resume' in command) return command.resume
  if ('peek' in command) return command.peek
  return undefined
}
