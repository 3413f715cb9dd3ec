// Draws a call of a client that applies.
import type { Random } from 'fast-check'
import type { Machine } from './machine.ts'
import type { Profile } from './profile.ts'
import { pick, type Swarm, weighted } from './swarm.ts'
import type { CallCommand, SessionRef } from './trace.ts'

/** What a command is drawn from. */
export interface Draw {
  readonly random: Random
  readonly machine: Machine
  readonly swarm: Swarm
  readonly profile: Profile
  readonly ttlMs: number
  /** A client whose background call probably runs. */
  readonly busy: number | undefined
}

/** Ids that nobody has. Four are patterns that would fit any id, were ids taken for patterns. */
export const LITERAL_IDS = ['*', '?*', '[0-9a-f]*', '*-*', 'no-such', '']
const NOTES = ['a', 'b', 'c', '*', 'ñ ☃']

export function drawCall(draw: Draw, client: number): CallCommand {
  const { random, swarm } = draw
  const kind = weighted(random, swarm.calls)
  const background = random.nextInt(0, 3) > 0 ? { background: true as const } : {}
  switch (kind) {
    case 'getCounter':
      return { getCounter: { client } }
    case 'listNotes':
      return { listNotes: { client } }
    case 'summary':
      return { summary: { client } }
    case 'resume':
      return { resume: { client, from: drawSession(draw) } }
    case 'peek':
      return { peek: { client, of: drawSession(draw) } }
    case 'analyze':
      return { analyze: { client, items: random.nextInt(0, 2), ...background } }
    case 'watch':
      return { watch: { client, seconds: 1, ...background } }
    default:
      return drawWrite(draw, client)
  }
}

/** A write, for the middle of which a fault is most telling. */
export function drawWrite({ random, swarm }: Draw, client: number): CallCommand {
  const notes = swarm.calls.some(({ kind }) => kind === 'addNote')
  if (notes && random.nextInt(0, 2) === 0) return { addNote: { client, note: pick(random, NOTES) ?? '' } }
  return { increment: { client } }
}

function drawSession({ random, machine }: Draw): SessionRef {
  if (random.nextBoolean()) return pick(random, LITERAL_IDS) ?? ''
  return { client: pick(random, [...machine.clients.keys()]) ?? 0, age: random.nextInt(0, 1) }
}
