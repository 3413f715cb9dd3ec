// A text that only equal states share: a letter for each small number. The parts of a state are never changed, only
// replaced, so the text of each is made once.
import type { CallKey } from '../call.ts'
import type { Call, CallRequest, Copying, Fork, Reply, ResumeRequest, RunningResume, State } from './state.ts'
import type { Stored } from './stored.ts'

const PHASES = ['new', 'sent', 'waiting', 'ok', 'fail', 'unknown']

export function textOf({ client, network, store, fork }: State): string {
  const { current, confirmed, opened, resumed, resume, nextSeq, running } = client
  const numbers = [current, confirmed, opened, resumed, nextSeq, running]
  numbers.push(network.deletes, network.duplicated, network.duplicates)
  return [
    letters(numbers),
    ...client.calls.map(textOfCall),
    resume ? textOfRunning(resume) : '-',
    ...store.sessions.map(textOfStored),
    textOfFork(fork),
    ...network.calls.map((request) => textOfCallRequest(request) + letters([request.undelivered])),
    '/',
    ...network.resumes.map((request) => textOfResumeRequest(request) + letters([request.undelivered])),
    '/',
    ...store.copying.map(textOfCopying).sort(),
    '/',
    ...store.recording.map(textOfCallRequest).sort(),
  ].join('')
}

const textOfCall = remembered(({ phase, session, lossesHere, soFar, keys, replies }: Call) => {
  const numbers = [PHASES.indexOf(phase), session, lossesHere, soFar === 'fail' ? 0 : 1, bits(replies), keys.length]
  return letters([...numbers, ...keys.flatMap(numbersOf)])
})

const textOfRunning = remembered(({ from, to, sent, replies, key }: RunningResume) =>
  letters([from, to, sent, bits(replies), ...numbersOf(key)]),
)

const textOfStored = remembered(({ live, effects, records }: Stored) =>
  letters([live ? 1 : 0, ...effects, ...records.flatMap(({ mark, seqs }) => [mark, seqs])]),
)

const textOfFork = remembered((fork: Fork) => {
  switch (fork.phase) {
    case 'none':
      return 'n'
    case 'asked':
      return `a${letters([fork.owed, fork.from])}`
    case 'called':
      return `c${letters([fork.owed])}${fork.admitted}${textOfStored(fork.held)}`
    case 'left':
      return 'l'
    default:
      return fork satisfies never
  }
})

/** But for how many copies of it are under way. */
export const textOfCallRequest = remembered(({ call, session, key, heard }: CallRequest) =>
  letters([call, session, heard ? 1 : 0, ...numbersOf(key)]),
)

/** But for how many copies of it are under way. */
export const textOfResumeRequest = remembered(({ from, to, key, heard }: ResumeRequest) =>
  letters([from, to, heard ? 1 : 0, ...numbersOf(key)]),
)

const textOfCopying = remembered(({ request, values, records }: Copying) => {
  const read = textOfStored({ ...values, records: records ?? [] })
  return textOfResumeRequest(request) + (records ? 'w' : 'v') + read
})

function numbersOf(key: CallKey | undefined): number[] {
  return [key?.seq ?? 0, key?.acknowledgedBelow ?? 0]
}

function bits(replies: readonly Reply[]): number {
  return (replies.includes('ok') ? 1 : 0) + (replies.includes('stale') ? 2 : 0)
}

/** No number is below -1. */
function letters(numbers: readonly number[]): string {
  return String.fromCharCode(...numbers.map((number) => number + 1))
}

function remembered<T extends object>(make: (part: T) => string): (part: T) => string {
  const made = new WeakMap<T, string>()
  return (part) => {
    const known = made.get(part)
    if (known !== undefined) return known
    const text = make(part)
    made.set(part, text)
    return text
  }
}
