// Calls of a client, as the model's calls and as what is sent. A call that fails is an outcome, not an error.
import { z } from 'zod'
import type { Call } from '../../model/index.ts'
import { type Read, readSummary, readToolResult } from '../answer.ts'
import type { ForSession } from '../client-under-test.ts'
import { argumentsOf } from '../machine.ts'
import type { Real, RunningClient } from '../real.ts'
import type { Completed } from '../recorder.ts'
import type { CallCommand } from '../trace.ts'

/** Begins the call; resolves when it has ended, however it did. */
export function beginCall(real: Real, command: CallCommand): { op: string; ended: Promise<void> } {
  const { client: number } = argumentsOf(command)
  const running = real.client(number)
  const call = callOf(real, command)
  const op = real.nextOp()
  real.recorder.invoke(op, running.name, call)
  const ended = orNever(real, send(running, op, call)).then((completed) => {
    if (completed.outcome === 'ok' && completed.instance) running.serving = completed.instance
    real.recorder.complete(op, completed)
  })
  return { op, ended }
}

/** The call in the model's words; sessions are resolved now, once. */
function callOf(real: Real, command: CallCommand): Call {
  if ('increment' in command) return { kind: 'increment' }
  if ('getCounter' in command) return { kind: 'getCounter' }
  if ('listNotes' in command) return { kind: 'listNotes' }
  if ('addNote' in command) return { kind: 'addNote', note: command.addNote.note }
  if ('analyze' in command) return { kind: 'analyze', items: command.analyze.items }
  if ('watch' in command) return { kind: 'watch', seconds: command.watch.seconds }
  if ('summary' in command) return { kind: 'summary', of: 'own' }
  const [ref, client] =
    'resume' in command ? [command.resume.from, command.resume.client] : [command.peek.of, command.peek.client]
  const id = real.session(ref)
  const session = id === real.session({ client, age: 0 }) ? 'own' : { id }
  return 'resume' in command ? { kind: 'resume', from: session } : { kind: 'summary', of: session }
}

/** Far beyond any deadline: a call that has not ended by then never will, and the run goes on without it. */
const NEVER = 4

/** A client whose call never settles is a finding, and must not stop the campaign for ever. */
async function orNever({ stack, settings }: Real, sent: Promise<Completed>): Promise<Completed> {
  const settled = new AbortController()
  const ms = NEVER * settings.timers.deadlineMs
  const never = stack.clock
    .sleep(ms, settled.signal)
    .then((): Completed => ({ outcome: 'unknown', reason: `it had not ended after ${ms} ms` }))
  const completed = await Promise.race([sent, never])
  settled.abort()
  never.catch(() => {})
  return completed
}

async function send({ client }: RunningClient, op: string, call: Call): Promise<Completed> {
  try {
    if (call.kind === 'summary') {
      const result = await client.readResource(summaryParams(call), { callId: op })
      return completedBy(readSummary(call, result))
    }
    const result = await client.callTool(toolParams(call), { callId: op })
    if (result.isError) return { outcome: 'fail', reason: JSON.stringify(result.structuredContent ?? result.content) }
    return completedBy(readToolResult(call, result))
  } catch (error) {
    return failedBy(error)
  }
}

function completedBy({ answer, instance }: Read): Completed {
  return { outcome: 'ok', answer, ...(instance !== undefined && { instance }) }
}

const withOutcome = z.object({ outcome: z.enum(['fail', 'unknown']), message: z.string() })

/** By shape and not by class: a client under test may come from another copy of the package. */
function failedBy(error: unknown): Completed {
  const told = withOutcome.safeParse(error)
  if (told.success) return { outcome: told.data.outcome, reason: told.data.message }
  return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) }
}

function summaryParams(call: Extract<Call, { kind: 'summary' }>): ForSession<{ uri: string }> {
  const uri = (id: string) => ({ uri: `resource://session/${encodeURIComponent(id)}/summary` })
  return call.of === 'own' ? uri : uri(call.of.id)
}

function toolParams(
  call: Exclude<Call, { kind: 'summary' }>,
): ForSession<{ name: string; arguments: Record<string, unknown> }> {
  switch (call.kind) {
    case 'increment':
      return { name: 'increment_counter', arguments: {} }
    case 'getCounter':
      return { name: 'get_counter', arguments: {} }
    case 'listNotes':
      return { name: 'list_notes', arguments: {} }
    case 'addNote':
      return { name: 'add_note', arguments: { note: call.note } }
    case 'analyze':
      return { name: 'analyze_data', arguments: { num_items: call.items } }
    case 'watch':
      return { name: 'watch_counter', arguments: { duration_seconds: call.seconds } }
    case 'resume': {
      const { from } = call
      const resume = (id: string) => ({ name: 'resume_session', arguments: { old_session_id: id } })
      return from === 'own' ? resume : resume(from.id)
    }
    default:
      return call satisfies never
  }
}
