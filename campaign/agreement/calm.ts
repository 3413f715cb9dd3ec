// Traces without races, so that two right tiers answer them alike. Beyond what a command alone can say (see
// `calm-command.ts`), what is left out here, and why:
// - what would bring a trace to a TTL by itself, or a wait of it to where it may be over or not (see `calm-time.ts`);
// - a first write on a store that is slow: it takes two round trips more where Redis has never run its scripts;
// - a fault that makes calls fail while another one does: together they bring a call to its client's deadline, and so does
//   a call that is long by itself; and whatever takes long meanwhile: the instance would be down by then, or not;
// - a second call while a whole kind of links fails: the first has taken that deadline;
// - calls while instances find their Redis again, or the balancer its instances: which of them have by then is chance, so
//   that it is waited for;
// - a fault in the middle of a call that may go to another session: its reply is held back elsewhere;
// - faults on the instance that serves a client who was never there, or, once an instance was hit, any until every client
//   has called again: who serves a client whose instance is down is decided by numbers, which differ.
import { applies, argumentsOf, firstMachine, type Machine, next, spelled } from '../../properties/machine.ts'
import { type CallCommand, type Command, type FaultCommand, kindOf, type Trace } from '../../properties/trace.ts'
import { isOfStore, ofClients, withoutChance } from './calm-command.ts'
import { type Failure, failureBy, LONG_WAITS, partsOf, SHARE, SHORT_WAIT_MS, timeOf } from './calm-time.ts'

/** The same trace without them. */
export function calmed(trace: Trace): Trace {
  const calm = new Calm(trace)
  const [open, ...commands] = ofClients(trace).commands.flatMap(withoutChance)
  for (const each of [open, { increment: { client: 0 } }, ...commands]) if (each) calm.add(each)
  // Whether a client has lost its session, and what became of a write in the one that it lost, nothing else tells.
  for (let client = 0; client < trace.topology.clients; client++)
    calm.addLast({ peek: { client, of: { client, age: 1 } } })
  return { ...trace, commands: calm.commands }
}

/** Until an instance has its Redis again, which it tries every 50 ms at first. */
const CONNECTED_MS = 200
/** Until the balancer has found it too: by two checks. */
const FOUND_MS = 600
const LONG = ['analyze', 'watch', 'start', 'stop', 'wait']
const OF_INSTANCES = ['kill', 'stop', 'pause']
/** After them a client's next call may go to another session, or find that its instance has lost its Redis. */
const UNSETTLING = [...OF_INSTANCES, 'end', 'reset', 'cut', 'dropReplies', 'delay']

class Calm {
  readonly commands: Command[] = []
  #machine: Machine
  #leftMs: number
  #longWaitsLeft = LONG_WAITS
  /** Clients who may be served by an instance that was hit. */
  readonly #unsure = new Set<number>()
  /** Clients who may lose their session at their next call. */
  readonly #unsettled = new Set<number>()
  /** `felt`: a call may have failed since. */
  #failure: (Failure & { felt: boolean }) | undefined

  constructor({ topology, settings, commands }: Trace) {
    const waits = commands.some((each) => 'wait' in each && each.wait.ms > SHORT_WAIT_MS)
    this.#machine = firstMachine({ topology })
    this.#leftMs = settings.ttlMs * (waits ? SHARE.besideWaits : SHARE.alone)
  }

  add(command: Command): void {
    if ('during' in command && this.#unsettled.has(argumentsOf(command.during.call).client)) {
      this.add(command.during.call)
      this.add(command.during.fault)
      return
    }
    if ('wait' in command && command.wait.ms > SHORT_WAIT_MS && this.#longWaitsLeft-- <= 0) return
    const takesMs = timeOf(command, this.#machine)
    if (!applies(this.#machine, command) || this.#isRisky(command) || takesMs > this.#leftMs) return
    this.#leftMs -= takesMs
    this.#push(command)
    const { call, fault } = partsOf(command)
    if (fault) this.#hurt(fault)
    if (call) this.#called(argumentsOf(call).client)
    if ('open' in command) this.#know(command.open.client)
    this.#settle(fault)
  }

  /** Without a look at the time: some is left for it. */
  addLast(call: CallCommand): void {
    if (!applies(this.#machine, call)) return
    this.#push(call)
    this.#called(argumentsOf(call).client)
    this.#settle(undefined)
  }

  #push(command: Command): void {
    this.commands.push(command)
    this.#machine = next(this.#machine, command)
  }

  #isRisky(command: Command): boolean {
    const { call, fault } = partsOf(command)
    const fails = fault !== undefined && failureBy(fault) !== undefined
    const isLong = [command, call, fault].some((each) => each && LONG.includes(kindOf(each)))
    if (this.#failure && (fails || isLong)) return true
    const [, served] = /"serving":(\d+)/.exec(JSON.stringify(fault ?? {})) ?? []
    return served !== undefined && (this.#unsure.size > 0 || !this.#machine.clients.has(Number(served)))
  }

  #hurt(fault: FaultCommand): void {
    const kind = kindOf(fault)
    for (const client of this.#machine.clients.keys()) {
      if (OF_INSTANCES.includes(kind)) this.#unsure.add(client)
      if (UNSETTLING.includes(kind)) this.#unsettled.add(client)
    }
    const failure = failureBy(fault)
    if (failure) this.#failure = { ...failure, felt: false }
  }

  #called(client: number): void {
    this.#know(client)
    if (!this.#failure) return
    this.#failure.felt = true
    const { of, link } = this.#failure
    if (of === 'everybody' && link !== undefined) this.#push({ heal: { link } })
  }

  #know(client: number): void {
    this.#unsure.delete(client)
    this.#unsettled.delete(client)
  }

  /** Waits for what comes back by itself. */
  #settle(fault: FaultCommand | undefined): void {
    if (fault && 'reset' in fault && isOfStore(fault.reset.link)) this.#push({ wait: { ms: CONNECTED_MS } })
    if (!this.#failure || isInForce(this.#failure, this.#machine)) return
    this.#push({ wait: { ms: this.#failure.felt ? FOUND_MS : CONNECTED_MS } })
    this.#failure = undefined
  }
}

function isInForce({ link }: Failure, { hurt, backends }: Machine): boolean {
  return link === undefined ? backends.paused > 0 : hurt.includes(spelled(link))
}
