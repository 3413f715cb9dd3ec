// Draws a trace knowing the state: every command applies where it stands. All chance comes from one generator.
import type { Random } from 'fast-check'
import { applies, argumentsOf, firstMachine, isCall, type Machine, next } from './machine.ts'
import type { Profile } from './profile.ts'
import type { BackendRole, CallCommand, Command, FaultCommand, LinkRole, SessionRef, Trace } from './trace.ts'
import { FORMAT } from './trace.ts'

export interface TraceSettings {
  readonly topology: Trace['topology']
  readonly settings: Trace['settings']
  readonly profile: Profile
}

/** Weights of one trace: some kinds are left out, the others loom larger. */
interface Swarm {
  readonly calls: readonly Weighted[]
  readonly faults: readonly Weighted[]
  readonly faultShare: number
  readonly waits: 'pastTtl' | 'short'
}

interface Weighted {
  readonly kind: string
  readonly weight: number
}

/** Ids that nobody has. Three are patterns that would fit any id, were ids taken for patterns. */
const LITERAL_IDS = ['*', '?*', '[0-9a-f]*', 'no-such', '', 'é\n?']
const NOTES = ['a', 'b', 'c', '*', 'ñ ☃']
const DELAYS_MS = [20, 80, 150]
const SHORT_WAITS_MS = [50, 200]
/** Of the TTL. Nothing lands within 15 % of a deadline; two of the first with a read between straddle a slide. */
const TTL_WAITS = [0.6, 0.6, 1.25]
const MOST_HURT = 2
/** For how many commands a background call is taken to run. */
const BUSY_FOR = 2

export function generateTrace(random: Random, { topology, settings, profile }: TraceSettings): Trace {
  const swarm = drawSwarm(random, profile)
  const commands: Command[] = []
  let machine = firstMachine({ topology })
  const push = (command: Command | undefined) => {
    if (!command || !applies(machine, command)) return
    commands.push(command)
    machine = next(machine, command)
  }
  /** The client with a call that may still run, and since how many commands. */
  let busy: { client: number; since: number } | undefined
  push({ open: { client: 0 } })
  if (topology.clients > 1 && random.nextBoolean()) push({ open: { client: 1 } })
  const length = commands.length + random.nextInt(profile.length.min, profile.length.max)
  const { ttlMs } = settings
  if (swarm.waits === 'pastTtl') for (const command of straddledSlide(random, ttlMs)) push(command)
  while (commands.length < length) {
    const client = busy && commands.length - busy.since <= BUSY_FOR ? busy.client : undefined
    const command = drawCommand({ random, machine, swarm, profile, ttlMs, busy: client })
    if (command && isCall(command) && argumentsOf(command).background) {
      busy = { client: argumentsOf(command).client, since: commands.length }
    }
    push(command)
  }
  return { format: FORMAT, topology, settings, commands }
}

/**
 * State that is only read for longer than a TTL, each read within the TTL of the one before: it lives exactly where
 * reads slide the deadline. Two waits of the right length around a read, on a client with state, seldom come by chance.
 */
function straddledSlide(random: Random, ttlMs: number): Command[] {
  const client = 0
  const reads: CallCommand[] = [{ getCounter: { client } }, { listNotes: { client } }, { summary: { client } }]
  const read = () => pick(random, reads)
  const wait = { wait: { ms: Math.round(0.6 * ttlMs) } }
  return [{ increment: { client } }, wait, read(), wait, read()].filter((each) => each !== undefined)
}

interface Draw {
  readonly random: Random
  readonly machine: Machine
  readonly swarm: Swarm
  readonly profile: Profile
  readonly ttlMs: number
  /** A client whose background call probably runs. */
  readonly busy: number | undefined
}

function drawSwarm(random: Random, profile: Profile): Swarm {
  const subset = (weights: Readonly<Record<string, number>>, share: number): Weighted[] => {
    const all = Object.entries(weights).map(([kind, weight]) => ({ kind, weight: weight * random.nextInt(1, 3) }))
    const some = all.filter(() => random.nextDouble() < share)
    return some.length > 0 ? some : all
  }
  return {
    calls: subset(profile.calls, 0.75),
    faults: subset(profile.faults, 0.5),
    faultShare: [0.15, 0.3, 0.45][random.nextInt(0, 2)] ?? 0,
    waits: random.nextDouble() < profile.ttlWaits ? 'pastTtl' : 'short',
  }
}

function drawCommand(draw: Draw): Command | undefined {
  const { random, machine, swarm, profile, ttlMs } = draw
  const open = [...machine.clients].filter(([, state]) => state === 'open').map(([client]) => client)
  const client = pick(random, open)
  const chance = random.nextDouble()
  if (client === undefined || chance < 0.03) return drawLifecycle(draw)
  if (chance < (swarm.waits === 'pastTtl' ? 0.2 : 0.06)) {
    const past = swarm.waits === 'pastTtl' && random.nextDouble() < 0.8
    return {
      wait: { ms: past ? Math.round((pick(random, TTL_WAITS) ?? 1) * ttlMs) : (pick(random, SHORT_WAITS_MS) ?? 0) },
    }
  }
  if (random.nextDouble() < healingShare(machine)) return drawHealing(draw)
  if (draw.busy !== undefined && random.nextBoolean()) return drawSessionLoss(draw, draw.busy)
  if (random.nextDouble() >= swarm.faultShare) return drawCall(draw, client)
  return random.nextDouble() < profile.during ? drawDuring(draw, client) : drawFault(draw, client)
}

/**
 * A fault that costs a client its session while another call of it goes on there: its store connection is closed, its
 * instance and its streams are well. Random faults reach this seldom, and late replies are judged here alone.
 */
function drawSessionLoss(draw: Draw, client: number): Command | undefined {
  if (draw.profile.faults['reset'] === undefined || draw.random.nextInt(0, 3) === 0) return drawDuring(draw, client)
  const link = { redis: { serving: client } }
  return { during: { call: drawWrite(draw, client), at: 'executed', fault: { reset: { link } } } }
}

function drawDuring(draw: Draw, client: number): Command | undefined {
  const fault = drawFault(draw, client)
  const at = draw.random.nextInt(0, 2) > 0 ? 'executed' : 'sent'
  return fault && { during: { call: drawWrite(draw, client), at, fault } }
}

function drawLifecycle({ random, machine }: Draw): Command {
  const client = random.nextInt(0, machine.maxClients - 1)
  return machine.clients.get(client) === 'open' ? { close: { client } } : { open: { client } }
}

/** The more is hurt, the likelier something heals: a stack that is all down teaches little. */
function healingShare({ backends, hurt }: Machine): number {
  return Math.min(0.6, 0.25 * (hurt.length + backends.paused + backends.down))
}

function drawHealing({ random, machine }: Draw): Command | undefined {
  const { backends, hurt } = machine
  const healing: Command[] = []
  if (hurt.length > 0) healing.push({ heal: { link: { faulty: random.nextInt(0, hurt.length - 1) } } })
  if (backends.paused > 0) healing.push({ continue: { backend: { paused: 0 } } })
  if (backends.down > 0) healing.push({ start: { backend: { down: 0 } } })
  return pick(random, healing)
}

function drawCall(draw: Draw, client: number): CallCommand {
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
function drawWrite({ random, swarm }: Draw, client: number): CallCommand {
  const notes = swarm.calls.some(({ kind }) => kind === 'addNote')
  if (notes && random.nextInt(0, 2) === 0) return { addNote: { client, note: pick(random, NOTES) ?? '' } }
  return { increment: { client } }
}

function drawSession({ random, machine }: Draw): SessionRef {
  if (random.nextBoolean()) return pick(random, LITERAL_IDS) ?? ''
  return { client: pick(random, [...machine.clients.keys()]) ?? 0, age: random.nextInt(0, 1) }
}

function drawFault({ random, machine, swarm }: Draw, client: number): FaultCommand | undefined {
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

function pick<T>(random: Random, among: readonly T[]): T | undefined {
  return among.length > 0 ? among[random.nextInt(0, among.length - 1)] : undefined
}

function weighted(random: Random, among: readonly Weighted[]): string {
  const tickets = among.flatMap(({ kind, weight }) => Array.from({ length: weight }, () => kind))
  return pick(random, tickets) ?? ''
}
