// What `mcp-failproof/client` exports.
export type { CallKey } from '../wire/call-key.ts'
export type { Clock } from '../wire/clock.ts'
export type { Listener } from './emitter.ts'
export { CallError, type CallErrorCode, type CallErrorDetails } from './errors.ts'
export type { ClientEventName, ClientEvents, Outcome } from './events.ts'
export type { CallOptions, ResilientClientOptions } from './options.ts'
export { type ParamsFor, ResilientClient } from './resilient-client.ts'
export { PROTOCOL_RULES, type ProtocolRules } from './rules.ts'
