// What a client can be told, and what it takes where it is told nothing. Every timer is a setting, so that a scaled run
// can scale them all.
import type { ClientOptions } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Implementation } from '@modelcontextprotocol/sdk/types.js'
import { type Clock, systemClock } from '../wire/clock.ts'
import { systemRandom, systemRandomId } from './randomness.ts'
import { PROTOCOL_RULES, type ProtocolRules } from './rules.ts'

export interface ResilientClientOptions {
  readonly clientInfo: Implementation
  /** Time for one whole call, all tries and reconnections included. 60,000. A call's `timeout` overrides it. */
  readonly deadlineMs?: number
  /** A try whose stream is silent for so long has failed. 6,000. */
  readonly silenceMs?: number
  /** The same for initialize and resume; doubles with each that fails, up to `silenceMs`. 1,000. */
  readonly handshakeMs?: number
  /** The longest wait before the first repetition; doubles with each. 50. */
  readonly backoffMs?: number
  /** The longest wait of all. 2,000. */
  readonly maxBackoffMs?: number
  /** The server's SESSION_TTL, in milliseconds. Known, it lets the client warn of deadlines that outlast the state. */
  readonly ttlMs?: number
  /** `on`: each tool call carries an idempotency key. `off`: a call that may have been executed is not repeated. `on`. */
  readonly keys?: 'on' | 'off'
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of the SDK's client: capabilities, and a validator for results of tools with an output schema. */
  readonly capabilities?: NonNullable<ClientOptions['capabilities']>
  readonly jsonSchemaValidator?: NonNullable<ClientOptions['jsonSchemaValidator']>
  readonly fetch?: FetchLike
  readonly clock?: Clock
  /** A number from 0 up to, but not including, 1, for the jitter of waits. */
  readonly random?: () => number
  /** 128 random bits in hexadecimal: the client's name in its idempotency keys. Must never repeat. */
  readonly randomId?: () => string
  /** @internal Replaced by planted bugs only. */
  readonly rules?: ProtocolRules
}

/** Of one call. */
export interface CallOptions extends Pick<RequestOptions, 'onprogress' | 'signal' | 'timeout'> {
  /** Names the call in events and errors. */
  readonly callId?: string
}

export type Settings = Required<Omit<ResilientClientOptions, 'ttlMs' | 'headers' | 'jsonSchemaValidator'>> &
  Pick<ResilientClientOptions, 'ttlMs' | 'headers' | 'jsonSchemaValidator'>

const DURATIONS = ['deadlineMs', 'silenceMs', 'handshakeMs', 'backoffMs', 'maxBackoffMs', 'ttlMs'] as const

export function settingsOf(options: ResilientClientOptions): Settings {
  for (const name of DURATIONS) {
    const value = options[name]
    if (value === undefined || value > 0) continue
    throw new RangeError(
      `${name} is ${value}; accepted is a number of milliseconds above 0. Leave it out for its default.`,
    )
  }
  return {
    deadlineMs: 60_000,
    silenceMs: 6_000,
    handshakeMs: 1_000,
    backoffMs: 50,
    maxBackoffMs: 2_000,
    keys: 'on',
    capabilities: {},
    fetch: (url, init) => fetch(url, init),
    clock: systemClock,
    random: systemRandom,
    randomId: systemRandomId,
    rules: PROTOCOL_RULES,
    ...options,
  }
}
