// Where the system under test runs and how it is hurt: one interface, a tier behind it. Everything that the harness
// does to a stack goes through here, so that one trace means the same on every tier.
import type { Clock } from '../wire/clock.ts'

export type Tier = 'sim' | 'process'

/** `client`: clients to the balancer. `backend:n`: the balancer to instance n. `redis:n`: instance n to Redis. n from 1. */
export type LinkName = 'client' | `backend:${number}` | `redis:${number}`

/** `draining`: it was told to end and still serves. Until it answers, a starting one is `down`. */
export type BackendState = 'up' | 'draining' | 'paused' | 'down'

/**
 * One instance of the server. Each method resolves when its effect is in force; where it already is, it does nothing.
 * They may overlap: a kill in the middle of a start or a drain wins, and what it interrupts resolves.
 */
export interface Backend {
  /** Its INSTANCE_ID and the balancer's name for it. */
  readonly name: string
  readonly state: BackendState
  /** Its `/mcp`, not through the balancer or a link: for tests that talk to one instance. */
  readonly url: URL
  /** SIGKILL; its link refuses connections from then on. */
  kill(): Promise<void>
  /** SIGTERM (a paused one is continued): it drains, then ends. Resolves when the process has ended. */
  stop(): Promise<void>
  /** Starts it again, after a drain that is under way; resolves when it answers. */
  start(): Promise<void>
  /** SIGSTOP. */
  pause(): Promise<void>
  /** SIGCONT. */
  continue(): Promise<void>
}

export interface Delay {
  readonly ms: number
  readonly jitterMs?: number
}

/** Where a stream breaks: in the middle of a message, if that is where the bytes end. */
export interface Truncation {
  readonly direction: 'requests' | 'replies'
  readonly afterBytes: number
}

/** A network path between two parts. Faults on one link add up until `heal`. */
export interface Link {
  readonly name: LinkName
  /** Silence in both directions; new connections are still accepted. */
  cut(): Promise<void>
  /** Closes every connection of the link at once; new ones work. */
  reset(): Promise<void>
  /** Adds latency in both directions. */
  delay(delay: Delay): Promise<void>
  /** Requests arrive, answers do not; with `closeAfterMs` the connection is closed that long after an answer was due. */
  dropReplies(options?: { readonly closeAfterMs?: number }): Promise<void>
  /**
   * Closes each connection once so many bytes have gone in that direction since this was asked for or, on a newer
   * connection, since its start; the rest of what was being sent is lost.
   */
  truncate(options: Truncation): Promise<void>
  /**
   * Keeps answers back without losing them: until `heal` or the function returned lets them go, or each for `forMs`.
   */
  holdReplies(forMs?: number): Promise<() => Promise<void>>
  /** Undoes the faults of this link. Connections that lost bytes are closed, and after silence all of them. */
  heal(): Promise<void>
}

export type RedisState = 'up' | 'paused' | 'down'

/**
 * The one Redis behind all instances. Each method resolves when its effect is in force; where it already is, it does
 * nothing. Those that overlap are done in the order in which they were asked for.
 */
export interface RedisNode {
  /** Address of a direct connection, past every link. */
  readonly url: string
  readonly state: RedisState
  /** Tells the id of each session whose state is written, as it happens, until the signal aborts. */
  watchWrites(listener: (sessionId: string) => void, signal: AbortSignal): Promise<void>
  /** SIGSTOP: it accepts connections and is silent. What it is asked meanwhile it executes when it goes on. */
  pause(): Promise<void>
  /** SIGCONT. */
  continue(): Promise<void>
  /** Ends it, with all that was acknowledged on its disk; a paused one goes on for that. */
  stop(): Promise<void>
  /** Starts it again with what is on its disk. */
  start(): Promise<void>
  /** Ends it and starts it again, also a paused or a stopped one; `lost` is a kill and an empty disk. */
  restart(options: { readonly data: 'kept' | 'lost' }): Promise<void>
  /** Refuses what takes memory (OOM), until healed, over restarts too; a paused one from when it goes on. */
  fill(): Promise<void>
  /** Refuses every write (READONLY), until healed, over restarts too; a paused one from when it goes on. */
  readOnly(): Promise<void>
}

/** An instance that ended without being told to: a finding about the system under test. */
export interface Crash {
  readonly backend: string
  /** On the stack's clock. */
  readonly at: number
  /** `exit code 1`, `SIGSEGV`. */
  readonly how: string
  /** The last lines that it wrote. */
  readonly log: string
}

/** What the balancer says of one instance. */
export interface BalancerView {
  readonly status: 'up' | 'draining' | 'down'
  /** How often it went from UP to DOWN since the balancer started. */
  readonly downs: number
}

export interface Balancer {
  /** By the name of the instance. */
  states(): Promise<ReadonlyMap<string, BalancerView>>
  /** Ends it and starts it again: running calls are cut, and it has forgotten which instance serves which session. */
  restart(): Promise<void>
}

export interface Stack {
  readonly tier: Tier
  /** The balancer's `/mcp`. */
  readonly endpoint: URL
  /** How a client reaches it. */
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly backends: readonly Backend[]
  readonly redis: RedisNode
  readonly balancer: Balancer
  readonly links: ReadonlyMap<LinkName, Link>
  /** Every instance that ended by itself since the stack was started, oldest first. `heal` starts it again. */
  readonly crashes: readonly Crash[]
  /**
   * Lets `main` use the stack: clients, calls and faults belong in here, since on `sim` time passes nowhere else.
   * @throws Hang where nothing happens any more that could let it end
   */
  run<Result>(main: () => Promise<Result>): Promise<Result>
  /** Undoes every fault: every backend up, well and routed to. */
  heal(): Promise<void>
  /** Heals, lets running calls end, empties Redis and the stick table: the next trace starts clean. */
  reset(): Promise<void>
  /** Ends every process and removes every file of this stack. */
  close(): Promise<void>
}

/** Nothing moves any more, and somebody still waits: a finding, with what was pending. Only the simulation can tell. */
export class Hang extends Error {
  override readonly name = 'Hang'
}

/** The stack itself could not be started or kept. Never a counterexample: the message says what to mend. */
export class StackError extends Error {
  override readonly name = 'StackError'
}
