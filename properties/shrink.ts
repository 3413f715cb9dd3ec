// Smaller traces that might still fail. Each candidate is repaired by the machine and strictly smaller in one total
// order, so that shrinking ends; it needs no memory of how a trace was made, so one read from a file shrinks as well.
import { argumentsOf, isCall, repaired } from './machine.ts'
import type { Command, Trace } from './trace.ts'

/** Candidates, the boldest first. */
export function* smallerTraces(trace: Trace): Generator<Trace> {
  const size = sizeOf(trace)
  for (const candidate of candidates(trace)) {
    const fixed = repaired(candidate)
    if (sizeOf(fixed) < size) yield fixed
  }
}

function* candidates(trace: Trace): Generator<Trace> {
  const { commands } = trace
  for (let chunk = Math.ceil(commands.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let at = 0; at < commands.length; at += chunk) yield { ...trace, commands: commands.toSpliced(at, chunk) }
  }
  for (const [at, command] of commands.entries()) {
    for (const simpler of simplerCommands(command)) yield { ...trace, commands: commands.toSpliced(at, 1, ...simpler) }
    const following = commands[at + 1]
    if (following && 'wait' in command && 'wait' in following) {
      const merged: Command = { wait: { ms: command.wait.ms + following.wait.ms } }
      yield { ...trace, commands: commands.toSpliced(at, 2, merged) }
    }
  }
  for (let client = 1; client < trace.topology.clients; client++) yield* asFirstClient(trace, client)
  yield { ...trace, topology: { ...trace.topology, clients: 1 } }
}

/** What one client did, done by the first; and the two in each other's place. */
function* asFirstClient(trace: Trace, client: number): Generator<Trace> {
  yield withClients(trace, (each) => (each === client ? 0 : each))
  yield withClients(trace, (each) => (each === client ? 0 : each === 0 ? client : each))
}

function withClients(trace: Trace, rename: (client: number) => number): Trace {
  const renamed = (key: string, value: unknown) =>
    (key === 'client' || key === 'serving') && typeof value === 'number' ? rename(value) : value
  return { ...trace, commands: JSON.parse(JSON.stringify(trace.commands), renamed) }
}

function* simplerCommands(command: Command): Generator<Command[]> {
  if ('during' in command) {
    const { call, at, fault } = command.during
    yield [call]
    yield [fault]
    if (at === 'executed') yield [{ during: { call, at: 'sent', fault } }]
    for (const [simpler] of simplerCommands(call)) {
      if (simpler && isCall(simpler)) yield [{ during: { call: simpler, at, fault } }]
    }
    return
  }
  if ('wait' in command && command.wait.ms > 0) yield [{ wait: { ms: Math.floor(command.wait.ms / 2) } }]
  if ('addNote' in command && command.addNote.note !== 'a') yield [{ addNote: { ...command.addNote, note: 'a' } }]
  if ('analyze' in command && command.analyze.items > 0) yield [{ analyze: { ...command.analyze, items: 0 } }]
  if ('watch' in command && command.watch.seconds > 0) yield [{ watch: { ...command.watch, seconds: 0 } }]
  if ('analyze' in command && command.analyze.background) {
    yield [{ analyze: { client: command.analyze.client, items: command.analyze.items } }]
  }
  if ('watch' in command && command.watch.background) {
    yield [{ watch: { client: command.watch.client, seconds: command.watch.seconds } }]
  }
  if (isCall(command) && !('getCounter' in command)) yield [{ getCounter: { client: argumentsOf(command).client } }]
}

/** Length first, then what the commands ask for: halved waits and lowered numbers make it smaller. */
function sizeOf({ commands, topology }: Trace): number {
  const commandsSize = commands.reduce((sum, command) => sum + 1_000 + detailOf(command), 0)
  return commandsSize + topology.clients + clientNumbers(commands)
}

/** Lower where the first client does more. */
function clientNumbers(commands: readonly Command[]): number {
  const numbers = JSON.stringify(commands).matchAll(/"(?:client|serving)":(\d+)/g)
  return [...numbers].reduce((sum, [, number]) => sum + Number(number) / 100, 0)
}

function detailOf(command: Command): number {
  if ('during' in command) {
    const { call, at } = command.during
    return 400 + (at === 'executed' ? 50 : 0) + detailOf(call)
  }
  // A wait counts far below a command, however long it is.
  if ('wait' in command) return Math.min(300, Math.log2(1 + command.wait.ms))
  if (!isCall(command)) return 20
  if ('getCounter' in command) return 0
  if ('addNote' in command) return command.addNote.note === 'a' ? 11 : 12
  if ('analyze' in command) return 20 + Math.min(100, command.analyze.items) + (command.analyze.background ? 10 : 0)
  if ('watch' in command) return 20 + command.watch.seconds + (command.watch.background ? 10 : 0)
  return 10
}
