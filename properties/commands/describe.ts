// Commands as a person would say them.
import { argumentsOf, isCall, linkOf } from '../machine.ts'
import {
  type BackendRole,
  type CallCommand,
  type Command,
  type FaultCommand,
  kindOf,
  type LinkRole,
  type SessionRef,
} from '../trace.ts'

export function describeCommand(command: Command): string {
  if ('open' in command) return `client ${command.open.client} connects`
  if ('close' in command) return `client ${command.close.client} ends`
  if ('wait' in command) return `wait ${command.wait.ms} ms`
  if ('during' in command) {
    const { call, at, fault } = command.during
    const moment = at === 'sent' ? 'once its request has left' : 'between the store and its reply'
    return `${describeCommand(call)}; ${moment}: ${describeCommand(fault)}`
  }
  return isCall(command) ? describeCall(command) : describeFault(command)
}

function describeCall(call: CallCommand): string {
  const { client, background } = argumentsOf(call)
  return `client ${client}: ${asked(call)}${background ? ', in the background' : ''}`
}

function asked(call: CallCommand): string {
  if ('increment' in call) return 'increment'
  if ('getCounter' in call) return 'get the counter'
  if ('listNotes' in call) return 'list the notes'
  if ('summary' in call) return 'read its summary'
  if ('addNote' in call) return `add note ${JSON.stringify(call.addNote.note)}`
  if ('analyze' in call) return `analyze ${call.analyze.items} items`
  if ('watch' in call) return `watch for ${call.watch.seconds} s`
  if ('resume' in call) return `resume ${session(call.resume.from)}`
  return `peek at ${session(call.peek.of)}`
}

function session(ref: SessionRef): string {
  if (typeof ref === 'string') return `the session ${JSON.stringify(ref)}`
  return ref.age === 0
    ? `client ${ref.client}'s session`
    : `client ${ref.client}'s session, ${ref.age} before its current one`
}

function describeFault(fault: FaultCommand): string {
  if ('end' in fault) return `end client ${fault.end.client}'s session past it`
  if ('kill' in fault) return `kill ${backend(fault.kill.backend)}`
  if ('stop' in fault) return `stop ${backend(fault.stop.backend)}`
  if ('start' in fault) return `start ${backend(fault.start.backend)}`
  if ('pause' in fault) return `pause ${backend(fault.pause.backend)}`
  if ('continue' in fault) return `continue ${backend(fault.continue.backend)}`
  if ('balancer' in fault) return `${fault.balancer} the balancer`
  const on = link(linkOf(fault))
  if ('delay' in fault) return `delay ${on} by ${fault.delay.ms} ms`
  if ('dropReplies' in fault) return `drop the replies on ${on}`
  return `${kindOf(fault)} ${on}`
}

function backend(role: BackendRole): string {
  if (typeof role === 'number') return `backend ${role}`
  if ('serving' in role) return `the backend serving client ${role.serving}`
  if ('up' in role) return `backend ${role.up} of those up`
  if ('down' in role) return `backend ${role.down} of those down`
  return `backend ${role.paused} of those paused`
}

function link(role: LinkRole): string {
  if (typeof role === 'string') return `link ${role}`
  if ('faulty' in role) return `hurt link ${role.faulty}`
  return 'redis' in role ? `the Redis link of ${backend(role.redis)}` : `the link to ${backend(role.backend)}`
}
