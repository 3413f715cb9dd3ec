// A story as a person would tell it, a line a step.
import type { CallKey } from '../call.ts'
import type { Story } from './search.ts'
import { CALL_NAMES } from './state.ts'
import type { Arrival, Step } from './step.ts'

export function tell({ steps, end }: Story): string {
  const lines = steps.map((step, at) => `${String(at + 1).padStart(2)}. ${describeStep(step)}`)
  return [...lines, `So ${end}.`].join('\n')
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'send':
      return `The client sends ${name(step)}${keyOf(step.key)} on S${step.on}.`
    case 'execute':
      return `${arrives(step)} and is executed.`
    case 'executeUnrecorded':
      return `${arrives(step)} and is executed; its record is still to be written.`
    case 'record':
      return `The record of ${name(step)} is written on S${step.on}.`
    case 'answerFromRecord':
      return `${arrives(step)} and is answered from its record.`
    case 'refuseStale':
      return `${arrives(step)} and is refused: stale.`
    case 'hear':
      return step.outcome === 'ok'
        ? `The client hears the reply: ${name(step)} is acknowledged.`
        : `The client hears that ${name(step)} is stale: it ends ${step.outcome}.`
    case 'failTry':
      return describeFailedTry(step)
    case 'giveUp':
      return `The deadline of ${name(step)} is reached: it ends ${step.outcome}.`
    case 'deleteArrives':
      return `The DELETE arrives at S${step.session} and ends its state.`
    case 'forkAsked':
      return `A second client opens F and sends a resume of S${step.from} there.`
    case 'forkCalled':
      return `F is copied from S${step.from}, which holds ${holding(step.values)}; C is sent on F and ${SAID[step.admitted]}.`
    default:
      return describeResume(step)
  }
}

const SAID = { new: 'executed', kept: 'answered from a record', stale: 'refused: stale' }

function describeFailedTry({ call, on, cause }: Step & { readonly kind: 'failTry' }): string {
  const letter = CALL_NAMES[call]
  switch (cause) {
    case 'connection':
      return `The connection of ${letter} to S${on} breaks.`
    case 'silence':
      return `The client hears nothing of ${letter} for too long, and gives up S${on}.`
    case 'store':
      return `S${on} answers ${letter} with store_unavailable: not executed.`
    case 'resumed':
      return `The client gives up ${letter} on S${on}.`
    default:
      return cause satisfies never
  }
}

type ResumeStep = Extract<Step, { readonly to: number }>

function describeResume(step: ResumeStep): string {
  const { from, to } = step
  switch (step.kind) {
    case 'resume': {
      const ended = step.deletes === 'from' ? `, and a DELETE to S${from}` : ''
      const givenUp = step.givenUp.map((call) => ` ${CALL_NAMES[call]} is given up on S${from}.`).join('')
      return `The client opens S${to} and sends a resume of S${from}${keyOf(step.key)} there${ended}.${givenUp}`
    }
    case 'read':
      return `${resumeArrives(step)}: the store reads S${from}, which holds ${holding(step.found)}.`
    case 'readValues':
      return `${resumeArrives(step)}: the store reads the values of S${from}, with ${holding(step.found)}.`
    case 'readRecords':
      return `The store reads the records of S${from}.`
    case 'write':
      return `The store writes the copy: S${to} now holds ${holding(step.values)}.`
    case 'copyNothing':
      return `${resumeArrives(step)}: S${from} has no state, so nothing is written.`
    case 'copyFromRecord':
      return `${resumeArrives(step)} and is answered from its record.`
    case 'copyStale':
      return `${resumeArrives(step)} and is refused: stale.`
    case 'resumeEnds':
      return describeEnd(step)
    default:
      return step satisfies never
  }
}

const HEARD = {
  ok: 'that the resume is done',
  stale: 'that the resume is stale',
  store_unavailable: 'store_unavailable',
  nothing: 'nothing of the resume',
}

function describeEnd({ to, end, then }: ResumeStep & { readonly kind: 'resumeEnds' }): string {
  const follows = {
    confirm: `S${to} is confirmed`,
    again: `it sends it to S${to} again`,
    abandon: `S${to} is abandoned`,
  }
  return `The client hears ${HEARD[end]}: ${follows[then]}.`
}

/** Which calls are in a session's state. */
export function holding(effects: readonly number[]): string {
  const held = effects.flatMap((count, call) =>
    count === 0 ? [] : [count === 1 ? CALL_NAMES[call] : `${CALL_NAMES[call]} ${count} times`],
  )
  return held.length === 0 ? 'neither call' : held.join(' and ')
}

function name({ call }: { readonly call: number }): string {
  return CALL_NAMES[call] ?? '?'
}

export function keyOf(key: CallKey | undefined): string {
  return key ? ` (seq ${key.seq}, mark ${key.acknowledgedBelow})` : ''
}

function arrives(step: { readonly call: number; readonly on: number; readonly arrival: Arrival }): string {
  return `${name(step)} arrives at S${step.on}${step.arrival === 'again' ? ' once more' : ''}`
}

function resumeArrives(step: { readonly to: number; readonly arrival: Arrival }): string {
  return `The resume arrives at S${step.to}${step.arrival === 'again' ? ' once more' : ''}`
}
