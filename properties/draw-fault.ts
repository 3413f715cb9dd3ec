// Draws a fault that applies, mostly where it hurts a given client; and what heals.
import type { Random } from 'fast-check'
import type { Draw } from './draw-call.ts'
import type { Machine } from './machine.ts'
import { pick, weighted } from './swarm.ts'
import type { BackendRole, Command, FaultCommand, LinkRole } from './trace.ts'

const DELAYS_MS = [20, 80, 150]
const MOST_HURT = 2

/** The more is hurt, the likelier something heals: a stack that is all down teaches little. */
export function healingShare({ backends, hurt }: Machine): number {
  return Math.min(0.6, 0.25 * (hurt.length + backends.paused + backends.down))
}

export function drawHealing({ random, machine }: Draw): Command | undefined {
  const { backends, hurt } = machine
  const healing: Command[] = []
  if (hurt.length > 0) healing.push({ heal: { link: { faulty: random.nextInt(0, hurt.length - 1) } } })
  if (backends.paused > 0) healing.push({ continue: { backend: { paused: 0 } } })
  if (backends.down > 0) healing.push({ start: { backend: { down: 0 } } })
  return pick(random, healing)
}

export function drawFault({ random, machine, swarm }: Draw, client: number): FaultCommand | undefined {
  const backend: BackendRole = random.nextInt(0, 3) > 0 ? { serving: client } : { up: random.nextInt(0, 2) }
  const kind = weighted(random, swarm.faults)
  const isLastUp = machine.backends.up <= 1
  switch (kind) {
    case 'kill':
      return isLastUp ? undefined : { kill: { backend } }
    case 'stop':
      return isLastUp ? undefined : { stop: { backend } }
    case 'pause':
      return isLastUp ? undefined : { pause: { backend } }
    case 'end':
      return { end: { client } }
    case 'reset':
      return { reset: { link: drawLink(random, backend) } }
    default:
      break
  }
  if (machine.hurt.length >= MOST_HURT) return undefined
  if (kind === 'cut') return { cut: { link: drawLink(random, backend) } }
  const link = drawLink(random, backend)
  if (kind === 'delay') return { delay: { link, ms: pick(random, DELAYS_MS) ?? 0 } }
  return { dropReplies: random.nextBoolean() ? { link } : { link, closeAfterMs: 0 } }
}

function drawLink(random: Random, backend: BackendRole): LinkRole {
  const chance = random.nextDouble()
  if (chance < 0.45) return { redis: backend }
  if (chance < 0.6) return 'redis:*'
  return chance < 0.9 ? { backend } : 'client'
}
