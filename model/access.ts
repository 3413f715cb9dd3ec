// From a history to what reached the store: each answered attempt with the interval it took effect in, each confirmed
// resume, and each attempt of unknown outcome. Attempts that surely were not executed leave nothing.
import { type Answer, type Call, type CallKey, resumedFrom, type SessionId } from './call.ts'
import type { History, HistoryEvent } from './history.ts'

/** An operation's last attempt, or an automatic resume, that was answered: it took effect between `start` and `end`. */
export interface Access {
  /** The operation, or `resume FROM -> TO` for an automatic resume. */
  readonly op: string
  readonly client: string
  readonly session: SessionId
  readonly call: Call
  readonly key: CallKey | undefined
  readonly answer: Answer
  readonly start: number
  readonly end: number
  /** Whether an earlier try of the same call may have been executed, so that a record may answer this one. */
  readonly repeated: 'first' | 'repeat'
  readonly by: 'caller' | 'client'
}

/** An attempt nobody heard the end of. It may take effect at any time from `start` on. */
export interface OpenAttempt {
  readonly op: string
  readonly session: SessionId
  readonly call: Call
  readonly key: CallKey | undefined
  readonly start: number
}

export interface Accesses {
  /** By the time they ended. */
  readonly answered: readonly Access[]
  /** By the time they were sent. */
  readonly open: readonly OpenAttempt[]
}

type Attempt = Extract<HistoryEvent, { type: 'attempt' }>
type Completion = Extract<HistoryEvent, { type: 'completion' }>
type Invocation = Extract<HistoryEvent, { type: 'invocation' }>

export function accesses(history: History): Accesses {
  const answered: Access[] = resumes(history)
  const open: OpenAttempt[] = []
  for (const operation of operations(history)) {
    const { invocation, completion, attempts } = operation
    const answering = completion?.outcome === 'ok' ? answeringAttempt(operation) : undefined
    for (const [index, { attempt, outcome }] of attempts.entries()) {
      const { session, key } = attempt
      const call = relativeTo(session, invocation.call)
      const common = { op: invocation.op, session, call, key, start: attempt.at }
      if (completion?.outcome === 'ok' && attempt === answering) {
        const repeated = index === 0 ? 'first' : 'repeat'
        const { client } = invocation
        answered.push({ ...common, client, answer: completion.answer, end: completion.at, repeated, by: 'caller' })
      } else if ((outcome === 'unknown' || outcome === undefined) && isUse(call)) {
        open.push(common)
      }
    }
  }
  return { answered: answered.sort((a, b) => a.end - b.end), open: open.sort((a, b) => a.start - b.start) }
}

interface Operation {
  readonly invocation: Invocation
  readonly completion: Completion | undefined
  readonly attempts: readonly { attempt: Attempt; outcome: 'ok' | 'fail' | 'unknown' | undefined }[]
}

function operations(history: History): Operation[] {
  return history.flatMap((event) => {
    if (event.type !== 'invocation') return []
    const own = history.filter((each) => 'op' in each && each.op === event.op)
    const completion = own.find((each) => each.type === 'completion')
    const attempts = own
      .filter((each) => each.type === 'attempt')
      .map((attempt) => {
        const ended = own.find((each) => each.type === 'attemptEnded' && each.try === attempt.try)
        return { attempt, outcome: ended?.type === 'attemptEnded' ? ended.outcome : undefined }
      })
    return [{ invocation: event, completion, attempts }]
  })
}

/** The attempt that the answer came from: the one that ended ok, else the last. */
function answeringAttempt({ attempts }: Operation): Attempt | undefined {
  const ok = attempts.findLast(({ outcome }) => outcome === 'ok')
  return (ok ?? attempts.at(-1))?.attempt
}

/** Confirmed resumes only: a session whose resume was never confirmed is abandoned, and nobody looks at it again. */
function resumes(history: History): Access[] {
  return history.flatMap((event) => {
    if (event.type !== 'resumed') return []
    const sent = history.findLast(
      (each) => each.type === 'resuming' && each.at <= event.at && each.to === event.to && each.from === event.from,
    )
    const { client, from, to, keysCopied } = event
    const call: Call = { kind: 'resume', from: { id: from } }
    const answer: Answer = { kind: 'resumed', keysCopied }
    const key = sent?.type === 'resuming' ? sent.key : undefined
    const op = `resume ${from} -> ${to}`
    const start = sent?.at ?? event.at
    return [
      { op, client, session: to, call, key, answer, start, end: event.at, repeated: 'first', by: 'client' } as const,
    ]
  })
}

/** Reading another session's summary uses no session: an unknown one leaves nothing open. */
function isUse(call: Call): boolean {
  return call.kind !== 'summary' || call.of === 'own'
}

/** The call with its session reference seen from the session that it goes to. */
function relativeTo(session: SessionId, call: Call): Call {
  if (resumedFrom(call) === session) return { kind: 'resume', from: 'own' }
  if (call.kind === 'summary' && call.of !== 'own' && call.of.id === session) return { kind: 'summary', of: 'own' }
  return call
}
