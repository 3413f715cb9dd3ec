// A story as a Mermaid sequence diagram: the client, the sessions as their instances serve them, the store. A message
// that arrives late is drawn where it was sent, and what it does where it does it.
import type { Story } from './search.ts'
import { CALL_NAMES } from './state.ts'
import type { Step } from './step.ts'
import { holding, keyOf } from './wording.ts'

export function diagram({ steps, end }: Story): string {
  const lines = steps.flatMap(drawn)
  const all = lines.join('\n')
  const sessions = ['S0', 'S1', 'S2', 'F'].filter((session) => new RegExp(`\\b${session}\\b`).test(all))
  const people = all.includes('second') ? ['client', 'second'] : ['client']
  const participants = [...people, ...sessions, 'store'].map((one) => `participant ${one}`)
  return [
    'sequenceDiagram',
    ...[...participants, ...lines, `Note over client,store: ${end}`].map((line) => `  ${line}`),
  ].join('\n')
}

function drawn(step: Step): string[] {
  const letter = 'call' in step ? CALL_NAMES[step.call] : ''
  switch (step.kind) {
    case 'send':
      return [`client-)S${step.on}: ${letter}${keyOf(step.key)}`]
    case 'execute':
      return [`S${step.on}->>store: ${letter} is executed${again(step)}`]
    case 'executeUnrecorded':
      return [`S${step.on}->>store: ${letter} is executed${again(step)}, not yet recorded`]
    case 'record':
      return [`S${step.on}->>store: the record of ${letter}`]
    case 'answerFromRecord':
      return [`store-->>S${step.on}: the record of ${letter}${again(step)}`]
    case 'refuseStale':
      return [`store-->>S${step.on}: ${letter} is stale${again(step)}`]
    case 'hear':
      return [`S${step.on}-->>client: ${letter}: ${step.outcome === 'ok' ? 'ok' : 'stale'}`]
    case 'failTry':
      return [`S${step.on}--xclient: ${letter}: ${FAILED[step.cause]}`]
    case 'giveUp':
      return [`Note over client: the deadline of ${letter}: ${step.outcome}`]
    case 'deleteArrives':
      return [`S${step.session}->>store: the state of S${step.session} is deleted`]
    case 'forkAsked':
      return [`second-)F: resume S${step.from}`]
    case 'forkCalled':
      return [
        `store-->>F: S${step.from}, with ${holding(step.values)}`,
        'second->>F: C',
        `F-->>second: C: ${FORK_SAID[step.admitted]}`,
      ]
    default:
      return drawnResume(step)
  }
}

const FAILED = { connection: 'lost', silence: 'silence', store: 'store_unavailable', resumed: 'given up' }
const FORK_SAID = { new: 'ok', kept: 'ok, from a record', stale: 'stale' }

function drawnResume(step: Extract<Step, { readonly to: number }>): string[] {
  const { from, to } = step
  switch (step.kind) {
    case 'resume':
      return [
        `client-)S${to}: resume S${from}${keyOf(step.key)}`,
        ...step.givenUp.map((call) => `Note over client: ${CALL_NAMES[call]} is given up on S${from}`),
        ...(step.deletes === 'from' ? [`client-)S${from}: DELETE`] : []),
      ]
    case 'read':
      return [`store-->>S${to}: S${from}, with ${holding(step.found)}${again(step)}`]
    case 'readValues':
      return [`store-->>S${to}: the values of S${from}, with ${holding(step.found)}${again(step)}`]
    case 'readRecords':
      return [`store-->>S${to}: the records of S${from}`]
    case 'write':
      return [`S${to}->>store: the copy, S${to} now holds ${holding(step.values)}`]
    case 'copyNothing':
      return [`store-->>S${to}: S${from} has no state${again(step)}`]
    case 'copyFromRecord':
      return [`store-->>S${to}: the record of the resume${again(step)}`]
    case 'copyStale':
      return [`store-->>S${to}: the resume is stale${again(step)}`]
    case 'resumeEnds':
      return [
        step.end === 'nothing' ? `S${to}--xclient: resume: silence` : `S${to}-->>client: resume: ${step.end}`,
        `Note over client: ${THEN[step.then]} S${to}`,
        ...(step.then === 'again' ? [`client-)S${to}: resume S${from}, again`] : []),
      ]
    default:
      return step satisfies never
  }
}

const THEN = { confirm: 'confirms', again: 'tries again', abandon: 'abandons' }

function again({ arrival }: { readonly arrival: 'first' | 'again' }): string {
  return arrival === 'again' ? ' (doubled by the network)' : ''
}
