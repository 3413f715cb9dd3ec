// One try of a call: told before it is sent and in the turn in which it ends, and given up with its call.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { ProgressCallback, RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { CallKey } from '../wire/call-key.ts'
import type { Emitter } from './emitter.ts'
import type { Limit } from './limit.ts'
import type { Link, Sent } from './link.ts'
import type { ProtocolRules } from './rules.ts'
import type { Session } from './session.ts'
import type { TryEnd } from './try-end.ts'

export interface TryOptions {
  readonly call: string
  readonly number: number
  readonly session: Session
  readonly key: CallKey | undefined
  readonly silenceMs: number
}

export interface TryParts {
  readonly link: Link
  readonly events: Emitter
  readonly limit: Limit
  readonly rules: ProtocolRules
}

export function sendTry<R>(
  { call, number, session, key, silenceMs }: TryOptions,
  { link, events, limit, rules }: TryParts,
  send: (client: Client, options: RequestOptions) => Promise<R>,
): Sent<R> {
  const told = { call, session: session.id, try: number }
  const giveUp = () => {
    const reason = `given up: ${limit.code}`
    sent.exchange.fail({ kind: 'failed', outcome: 'unknown', cause: 'given up', reason })
  }
  const onEnd = (end: TryEnd) => {
    limit.signal.removeEventListener('abort', giveUp)
    const status = end.kind === 'failed' ? end.status : undefined
    const { outcome, reason } = end
    events.emit('attemptEnded', (at) => ({ at, ...told, outcome, reason, ...(status !== undefined && { status }) }))
  }
  events.emit('attempt', (at) => ({ at, ...told, ...(key && { key }) }))
  const counts = () => rules.replyCounts(session)
  const sent = link.send({ session, silenceMs, counts, onEnd }, send)
  limit.signal.addEventListener('abort', giveUp, { once: true })
  return sent
}

/** Progress of a repeated call begins anew; what is not above the last is dropped, so that the caller's never falls. */
export function rising(onprogress: ProgressCallback): ProgressCallback {
  let last = Number.NEGATIVE_INFINITY
  return (progress) => {
    if (progress.progress <= last) return
    last = progress.progress
    onprogress(progress)
  }
}
