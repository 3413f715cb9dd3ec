// Opens one session: initialize, then initialized. Tells apart what another try may mend from what it cannot.

import type { ClientCapabilities, Implementation, InitializeResult } from '@modelcontextprotocol/sdk/types.js'
import {
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js'
import { CannotOpen } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Link, Sent } from './link.ts'
import { Session } from './session.ts'
import type { TryEnd } from './try-end.ts'

export interface Introduction {
  readonly clientInfo: Implementation
  readonly capabilities: ClientCapabilities
}

export type Opened =
  | { readonly kind: 'opened'; readonly session: Session }
  /** Another try may succeed. A session that was begun is never used. */
  | { readonly kind: 'failed'; readonly reason: string; readonly session?: Session }

/** How long to listen, and what ends it early. */
export interface Patience {
  readonly silenceMs: number
  readonly stop: AbortSignal
}

/** @throws {CannotOpen} where no further try can help. */
export async function openSession(link: Link, introduction: Introduction, patience: Patience): Promise<Opened> {
  const sent = link.send({ silenceMs: patience.silenceMs }, (client, options) => {
    const params = { protocolVersion: LATEST_PROTOCOL_VERSION, ...introduction }
    return client.request({ method: 'initialize', params }, InitializeResultSchema, options)
  })
  const end = await endedOrStopped(sent.exchange, patience.stop)
  if (end.kind === 'failed') {
    if (end.cause === 'refused' || end.cause === 'session') throw new CannotOpen('refused', end.reason, end.status)
    return { kind: 'failed', reason: end.reason }
  }
  const server = await initializeResult(sent, end)
  const id = sent.exchange.sessionId
  if (id === undefined) throw new CannotOpen('no_session', 'The server opened a session without an mcp-session-id.')
  const session = new Session(id, server)
  const greeting = link.notify({ session, silenceMs: patience.silenceMs }, 'notifications/initialized')
  const greeted = await endedOrStopped(greeting, patience.stop)
  if (greeted.kind === 'failed') return { kind: 'failed', reason: greeted.reason, session }
  return { kind: 'opened', session }
}

async function initializeResult(sent: Sent<InitializeResult>, end: TryEnd): Promise<InitializeResult> {
  const result = await sent.value.catch((error: unknown) => {
    throw new CannotOpen('rejected', end.outcome === 'ok' ? String(error) : end.reason)
  })
  if (SUPPORTED_PROTOCOL_VERSIONS.includes(result.protocolVersion)) return result
  throw new CannotOpen(
    'rejected',
    `The server speaks protocol ${result.protocolVersion}; accepted are ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}.`,
  )
}

/** How the exchange ends; given up as soon as `stop` aborts. */
export async function endedOrStopped(exchange: Exchange, stop: AbortSignal): Promise<TryEnd> {
  const stopped = () => exchange.fail({ kind: 'failed', outcome: 'unknown', cause: 'given up', reason: 'given up' })
  if (stop.aborted) stopped()
  stop.addEventListener('abort', stopped, { once: true })
  const end = await exchange.ended
  stop.removeEventListener('abort', stopped)
  return end
}
