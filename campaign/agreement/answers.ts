// A run as what it told whoever asked: one answer a command, then those of the final checks and the finding. What may
// differ between two right tiers is set aside: which instance answered, when, how often a client tried, and why it failed.
import { describeAnswer, describeCall, type History, type HistoryEvent } from '../../model/index.ts'
import { describeCommand } from '../../properties/commands/describe.ts'
import type { Done } from '../../properties/real.ts'
import type { Run } from '../../properties/run-trace.ts'
import { SessionNames } from '../narrate.ts'

/** What was asked, and what was told. */
export interface Answered {
  readonly asked: string
  readonly told: string
}

const HEALED = 'once everything is healed'

/** In the order of the trace; the two of a finding and of a hang are the last. */
export function answersOf(run: Run): Answered[] {
  const { trace, done, finals, finding, hang } = run
  // By order of first appearance in what is compared: a tier on which a client resumed more often names no more of them.
  const names = new SessionNames()
  const commands = trace.commands.map((command, at) => ({
    asked: describeCommand(command),
    told: toldBy(run, done[at], names),
  }))
  const checks = [...finals].map((op) => ({ asked: HEALED, told: operation(run, op, names) }))
  const broken = finding === undefined ? 'nothing' : `${finding.promise} is broken`
  return [...commands, ...checks, { asked: 'what was found', told: hang === undefined ? broken : 'a hang' }]
}

function toldBy(run: Run, done: Done | undefined, names: SessionNames): string {
  if (done === undefined) return 'it did not come to that'
  const { op, hit, note } = done
  const parts = [
    op === undefined ? undefined : operation(run, op, names),
    hit === undefined ? undefined : `hit ${hit === '' ? 'nothing' : 'something'}`,
    // The rest of a note is a reason.
    note?.replace(/:.*/s, ''),
  ]
  return parts.filter((part) => part !== undefined).join('; ') || 'done'
}

function operation({ history }: Run, op: string, names: SessionNames): string {
  const invocation = history.find((event) => event.type === 'invocation' && event.op === op)
  const completion = history.find((event) => event.type === 'completion' && event.op === op)
  if (invocation?.type !== 'invocation') return 'never asked'
  const { client, call } = invocation
  const ref = call.kind === 'summary' ? call.of : call.kind === 'resume' ? call.from : 'own'
  if (ref !== 'own' && isSession(history, ref.id)) names.name(ref.id)
  return `${client}: ${names.rename(describeCall(call))}: ${ended(completion)}`
}

/** Other ids are those that the trace itself gives, and stay. */
function isSession(history: History, id: string): boolean {
  return history.some(
    (event) => (event.type === 'attempt' && event.session === id) || (event.type === 'resuming' && event.to === id),
  )
}

function ended(completion: HistoryEvent | undefined): string {
  if (completion?.type !== 'completion') return 'not ended'
  if (completion.outcome !== 'ok') return completion.outcome
  const { answer } = completion
  // Its text holds whatever came, ids and instances too.
  return `ok, ${answer.kind === 'malformed' ? 'malformed' : describeAnswer(answer)}`
}
