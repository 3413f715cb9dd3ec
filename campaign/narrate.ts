// A run as a story: one command a line, under it what was answered and what the clients went through, the first
// impossible answer marked. Sessions are named in the order they appear, since nobody reads a UUID.
import { describeAnswer, describeCall, type HistoryEvent } from '../model/index.ts'
import { describeCommand } from '../properties/commands/describe.ts'
import type { Run } from '../properties/run-trace.ts'

export interface NarratedLine {
  readonly text: string
  readonly kind: 'command' | 'answer' | 'detail' | 'impossible'
}

/** Short names for sessions: S0, S1, ... */
export class SessionNames {
  readonly #names = new Map<string, string>()

  name(session: string): string {
    const known = this.#names.get(session)
    if (known !== undefined) return known
    const name = `S${this.#names.size}`
    this.#names.set(session, name)
    return name
  }

  /** The text with every session that has a name called by it. */
  rename(text: string): string {
    return [...this.#names].reduce((renamed, [id, name]) => (id === '' ? renamed : renamed.replaceAll(id, name)), text)
  }
}

export function narrate(run: Run): NarratedLine[] {
  const lines = story(run)
  // What breaks no single answer (a crash, a standstill) stands at the end.
  const isMarked = !run.finding || lines.some(({ kind }) => kind === 'impossible')
  return run.finding && !isMarked ? [...lines, mark(run.finding.detail)] : lines
}

function story(run: Run): NarratedLine[] {
  const names = sessionNames(run)
  const lines = run.trace.commands.flatMap((command, at): NarratedLine[] => {
    const { op, hit, note } = run.done[at] ?? {}
    const said = [hit, note].flatMap((each) => (each ? [names.rename(each)] : []))
    const suffix = said.length > 0 ? ` (${said.join('; ')})` : ''
    const own = op === undefined ? [] : operationLines(run, op, names)
    return [{ kind: 'command', text: `${at + 1}. ${describeCommand(command)}${suffix}` }, ...own]
  })
  const finals = [...run.finals].flatMap((op) => operationLines(run, op, names, 'named'))
  if (finals.length === 0) return lines
  return [
    ...lines,
    { kind: 'command', text: 'Then everything is healed, and each client is asked once more:' },
    ...finals,
  ]
}

function sessionNames({ history }: Run): SessionNames {
  const names = new SessionNames()
  for (const event of history) {
    if (event.type === 'attempt') names.name(event.session)
    if (event.type === 'resuming') {
      names.name(event.from)
      names.name(event.to)
    }
  }
  return names
}

/** What became of one operation: its tries and the resumes in between, then its end. */
function operationLines(run: Run, op: string, names: SessionNames, style: 'plain' | 'named' = 'plain'): NarratedLine[] {
  const { history, finding } = run
  const start = history.findIndex((event) => event.type === 'invocation' && event.op === op)
  const end = history.findIndex((event) => event.type === 'completion' && event.op === op)
  const invocation = history[start]
  if (invocation?.type !== 'invocation') return []
  const within = history.slice(start, end < 0 ? undefined : end + 1)
  const lines = within.flatMap((event): NarratedLine[] => {
    if ('client' in event && event.client !== invocation.client) return []
    if ('op' in event && event.op !== op) return []
    return eventLine(event, run, names)
  })
  const named =
    style === 'named'
      ? [{ kind: 'detail', text: `${invocation.client}: ${describeCall(invocation.call)}` } as const]
      : []
  const marked = finding?.op === op ? [mark(finding.detail)] : []
  return [...named, ...lines, ...marked]
}

function mark(detail: string): NarratedLine {
  return { kind: 'impossible', text: detail }
}

function eventLine(event: HistoryEvent, { finding }: Run, names: SessionNames): NarratedLine[] {
  switch (event.type) {
    case 'attemptEnded':
      if (event.outcome === 'ok') return []
      return [
        { kind: 'detail', text: `try ${event.try} on ${names.name(event.session)}: ${event.outcome}, ${event.reason}` },
      ]
    case 'resumed': {
      const from = names.name(event.from)
      const copied = `${event.keysCopied} ${event.keysCopied === 1 ? 'value' : 'values'} copied`
      const line: NarratedLine = { kind: 'detail', text: `resumed ${from} into ${names.name(event.to)}, ${copied}` }
      const marked = finding?.op === `resume ${event.from} -> ${event.to}` ? [mark(finding.detail)] : []
      return [line, ...marked]
    }
    case 'abandoned':
      return [{ kind: 'detail', text: `abandoned ${names.name(event.session)}: ${event.reason}` }]
    case 'completion': {
      if (event.outcome !== 'ok') return [{ kind: 'answer', text: `${event.outcome}: ${event.reason}` }]
      const by = event.instance === undefined ? '' : `, by ${event.instance}`
      return [{ kind: 'answer', text: `${describeAnswer(event.answer)}${by}` }]
    }
    default:
      return []
  }
}
