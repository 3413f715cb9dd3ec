// Draws a trace knowing the state: every command applies where it stands. All chance comes from one generator.
import type { Random } from 'fast-check'
import { type Draw, drawCall, drawWrite, LITERAL_IDS } from './draw-call.ts'
import { drawFault, drawHealing, healingShare } from './draw-fault.ts'
import { applies, argumentsOf, firstMachine, isCall, next } from './machine.ts'
import type { Profile } from './profile.ts'
import { drawSwarm, pick, type Swarm } from './swarm.ts'
import { type CallCommand, type Command, FORMAT, type Trace } from './trace.ts'

export interface TraceSettings {
  readonly topology: Trace['topology']
  readonly settings: Trace['settings']
  readonly profile: Profile
}

const SHORT_WAITS_MS = [50, 200]
/** Of the TTL. None of them alone ends within 15 % of a deadline; two of the first with a read between straddle a slide. */
const TTL_WAITS = [0.6, 0.6, 1.25]
/** Of the traces that do not wait past TTLs. */
const OPENING_SHARE = 0.18
/** For how many commands a background call is taken to run. */
const BUSY_FOR = 2
/** Of one trace. All of them overlap, and with each more the orders that the judge has to try are many times as many. */
const MOST_IN_BACKGROUND = 3

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
  let inBackground = 0
  push({ open: { client: 0 } })
  if (topology.clients > 1 && random.nextBoolean()) push({ open: { client: 1 } })
  const length = commands.length + random.nextInt(profile.length.min, profile.length.max)
  const { ttlMs } = settings
  for (const command of opening(random, swarm, { profile, ttlMs })) push(command)
  while (commands.length < length) {
    const client = busy && commands.length - busy.since <= BUSY_FOR ? busy.client : undefined
    const drawn = drawCommand({ random, machine, swarm, profile, ttlMs, busy: client })
    const command = drawn && inBackground >= MOST_IN_BACKGROUND ? inForeground(drawn) : drawn
    if (command && isCall(command) && argumentsOf(command).background) {
      busy = { client: argumentsOf(command).client, since: commands.length }
      inBackground++
    }
    push(command)
  }
  return { format: FORMAT, topology, settings, commands }
}

function inForeground(command: Command): Command {
  if ('analyze' in command) return { analyze: { client: command.analyze.client, items: command.analyze.items } }
  if ('watch' in command) return { watch: { client: command.watch.client, seconds: command.watch.seconds } }
  return command
}

/** What some traces begin with on purpose, because chance alone seldom brings it together. */
function opening(random: Random, swarm: Swarm, { profile, ttlMs }: { profile: Profile; ttlMs: number }): Command[] {
  if (swarm.waits === 'pastTtl') return straddledSlide(random, ttlMs)
  const chance = random.nextDouble()
  if (chance < OPENING_SHARE) return profile.faults['delay'] === undefined ? [] : slowStore(random)
  if (chance < 2 * OPENING_SHARE) return profile.faults['reset'] === undefined ? [] : lossWhileBusy(random)
  return chance < 3 * OPENING_SHARE ? resumeOfNobody(random) : []
}

/** One session has state, and another resumes from an id that nobody has: were it a pattern, it would fit the first. */
function resumeOfNobody(random: Random): Command[] {
  const from = pick(random, LITERAL_IDS) ?? ''
  return [{ increment: { client: 0 } }, { open: { client: 1 } }, { resume: { client: 1, from } }]
}

/** An analysis runs while its client loses the session over another call: its reply comes when it no longer counts. */
function lossWhileBusy(random: Random): Command[] {
  const client = 0
  const analyze = { analyze: { client, items: random.nextInt(0, 2), background: true as const } }
  return [{ increment: { client } }, analyze, sessionLoss({ increment: { client } }, client)]
}

/**
 * A store too slow for an update, and fast enough for a ping: the client loses its session, gets a new one, and its
 * resume fails. A round trip takes 180 or 200 of the 300 ms that an operation has.
 */
function slowStore(random: Random): Command[] {
  const client = 0
  const ms = pick(random, [90, 100]) ?? 100
  return [{ increment: { client } }, { delay: { link: 'redis:*', ms } }, { increment: { client } }]
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
  return sessionLoss(drawWrite(draw, client), client)
}

function sessionLoss(call: CallCommand, client: number): Command {
  return { during: { call, at: 'executed', fault: { reset: { link: { redis: { serving: client } } } } } }
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
