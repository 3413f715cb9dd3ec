// What the harness asks of a client: the resilient client has it, and so can any other that a config file names.
import type {
  CallToolRequest,
  CallToolResult,
  ReadResourceRequest,
  ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js'
import type { ClientEventName, ClientEvents } from '../client/events.ts'
import type { Clock } from '../wire/clock.ts'

/** Params of a request, or what they are for the session that a try goes to. */
export type ForSession<Params> = Params | ((sessionId: string) => Params)

export interface ClientUnderTest {
  /** The session that it holds, once connected. */
  readonly sessionId: string | undefined
  /** What the server that holds its session said of itself: its instance is in it. */
  readonly instructions: string | undefined
  connect(): Promise<void>
  close(): Promise<void>
  callTool(params: ForSession<CallToolRequest['params']>, options: { callId: string }): Promise<CallToolResult>
  readResource(
    params: ForSession<ReadResourceRequest['params']>,
    options: { callId: string },
  ): Promise<ReadResourceResult>
  on<Name extends ClientEventName>(event: Name, listener: (detail: ClientEvents[Name]) => void): unknown
}

/** Limits of a client's calls, in milliseconds: scaled with the TTL, so that a call is shorter than a session's life. */
export interface ClientTimers {
  readonly deadlineMs: number
  readonly silenceMs: number
  readonly handshakeMs: number
  readonly ttlMs: number
}

export interface ClientSettings {
  readonly url: URL
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
  /** Whether calls carry an idempotency key. */
  readonly keys: 'on' | 'off'
  readonly timers: ClientTimers
}

/** A client module exports this as `open`. It does not connect yet. */
export type OpenClient = (settings: ClientSettings) => ClientUnderTest
