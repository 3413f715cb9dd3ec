// The model's things in words that people read in a report.
import type { Answer, Call, SessionRef } from './call.ts'
import type { BrokenPromise } from './judge.ts'

export function describeCall(call: Call): string {
  switch (call.kind) {
    case 'increment':
      return 'increment'
    case 'getCounter':
      return 'get the counter'
    case 'listNotes':
      return 'list the notes'
    case 'addNote':
      return `add note ${JSON.stringify(call.note)}`
    case 'analyze':
      return `analyze ${call.items} items`
    case 'watch':
      return `watch for ${call.seconds} s`
    case 'summary':
      return `read the summary of ${describeRef(call.of)}`
    case 'resume':
      return `resume from ${describeRef(call.from)}`
    default:
      return call satisfies never
  }
}

function describeRef(ref: SessionRef): string {
  return ref === 'own' ? 'the own session' : JSON.stringify(ref.id)
}

export function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'counter':
      return `counter ${answer.counter}`
    case 'notesCount':
      return `${answer.count} notes`
    case 'notes':
      return `notes ${JSON.stringify(answer.notes)}`
    case 'summary': {
      const score = answer.analysis ? `score ${answer.analysis.totalScore}` : 'no analysis'
      return `counter ${answer.counter}, notes ${JSON.stringify(answer.notes)}, ${score}`
    }
    case 'analysis':
      return `${answer.analysis.items} items, score ${answer.analysis.totalScore}`
    case 'changes':
      return answer.changes.length === 0
        ? 'no change'
        : answer.changes.map(({ from, to, at }) => `${from} -> ${to} at ${at} s`).join(', ')
    case 'resumed':
      return `resumed, ${answer.keysCopied} values copied`
    case 'sameSession':
      return 'the same session'
    case 'malformed':
      return `malformed: ${answer.text}`
    default:
      return answer satisfies never
  }
}

/** The promise as a sentence. */
export function describePromise(promise: BrokenPromise): string {
  switch (promise) {
    case 'no lost update':
      return 'No lost update: every acknowledged write is in every later read of its session and of those resumed from it.'
    case 'exactly once':
      return 'Exactly once: an acknowledged call was executed once, and a call that failed was not executed.'
    case 'isolation':
      return 'Isolation: nothing of one session shows in another that did not resume it, whatever the ids.'
    case 'ttl':
      return 'TTL: state is readable until its deadline, which every use slides, and gone from then on.'
    case 'linearizable':
      return 'Linearizable: every answer is one that some order of the calls explains.'
    default:
      return promise satisfies never
  }
}
