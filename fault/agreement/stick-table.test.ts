// What the stick table takes for the same session, and for how long: its expiry, the length of its keys, and what of a
// header is a key. The server's ids are short and hold no comma: tables of shorter keys cut them as long ones are cut.
import { expect, it } from 'vitest'
import { haproxyVariant } from '../../specimens/variant.ts'
import { describeWithTools } from '../process/needs-tools.ts'
import type { Stack } from '../stack.ts'
import { onBothTiers } from './both-tiers.ts'
import { MATCH, STICK_TABLE, STORE } from './lines.ts'
import { open, reached, type Session } from './session.ts'

const SHORT_MS = 600

/** A call in the middle of a longer one, when an entry that expires in `SHORT_MS` has done so. */
async function callDuringStream(stack: Stack) {
  const session = await open(stack)
  const { answer } = await session.begin('analyze_data', { num_items: 2 })
  await stack.clock.sleep(SHORT_MS + 200)
  const during = await session.call('increment_counter')
  return { during, stream: await answer }
}

/** Two sessions at two instances whose ids begin with the same character; the later one was opened last. */
async function equalAtTheStart(stack: Stack): Promise<readonly [Session, Session]> {
  const sessions: Session[] = []
  for (;;) {
    const later = await open(stack)
    const earlier = sessions.find(({ id, instance }) => id[0] === later.id[0] && instance !== later.instance)
    if (earlier) return [earlier, later]
    sessions.push(later)
  }
}

async function callOfEarlier(stack: Stack) {
  const [earlier, later] = await equalAtTheStart(stack)
  const goesTo = await reached(stack, earlier.id)
  return {
    goesTo: goesTo === later.instance ? 'the other' : 'its own',
    answer: await earlier.call('increment_counter'),
  }
}

/** How many instances three requests reach whose header ends in a session's id, behind a comma. */
async function reachedBehindComma(stack: Stack): Promise<number> {
  const { id } = await open(stack)
  const instances = new Set<string>()
  for (let n = 0; n < 3; n++) instances.add(await reached(stack, `another,${id}`))
  return instances.size
}

const STREAM = { by: 'its own', said: { items_processed: 2, total_score: 4.5 } }
const COUNTED = { by: 'its own', said: { counter: 1 } }

describeWithTools('our own table', () => {
  const agreed = onBothTiers()

  it('remembers a session during its longest call', async () => {
    expect(await agreed(callDuringStream)).toEqual({ during: COUNTED, stream: STREAM })
  })

  it('keeps sessions apart whose ids are equal at the start', async () => {
    expect(await agreed(callOfEarlier)).toEqual({ goesTo: 'its own', answer: COUNTED })
  })

  it('takes a header whole: behind a comma stands no id', async () => {
    expect(await agreed(reachedBehindComma)).toBe(3)
  })
})

describeWithTools('a table whose `expire` is shorter than a stream', () => {
  const table = STICK_TABLE.replace(/expire \S+/, `expire ${SHORT_MS}ms`)
  const agreed = onBothTiers({ haproxyFile: haproxyVariant({ [STICK_TABLE]: table }) })

  it('forgets a session in the middle of it: the next call goes elsewhere', async () => {
    expect(await agreed(callDuringStream)).toEqual({ during: 'status 404 by an instance', stream: STREAM })
  })
})

describeWithTools('a table of strings', () => {
  const edits = {
    [STICK_TABLE]: STICK_TABLE.replace('binary len 32', 'string len 1'),
    [MATCH]: MATCH.replace(',sha2(256)', ''),
    [STORE]: STORE.replace(',sha2(256)', ''),
  }
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(edits) })

  it('cuts ids that are longer, and sends a session to the instance of the last one with that beginning', async () => {
    expect(await agreed(callOfEarlier)).toEqual({ goesTo: 'the other', answer: 'status 404 by an instance' })
  })
})

describeWithTools('a table of `hdr`', () => {
  const edits = { [MATCH]: MATCH.replace('fhdr', 'hdr'), [STORE]: STORE.replace('fhdr', 'hdr') }
  const agreed = onBothTiers({ haproxyFile: haproxyVariant(edits) })

  it('splits a header at its commas and takes the last part', async () => {
    expect(await agreed(reachedBehindComma)).toBe(1)
  })
})
