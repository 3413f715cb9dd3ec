// The MCP server as an Express application. Express only mounts it: all that it answers is made in sessions.ts, from a
// web Request to a web Response, so that a simulation can call the same code without a socket.
import { getRequestListener, RequestError } from '@hono/node-server'
import express, { type Express } from 'express'
import type { Clock } from '../wire/clock.ts'
import { badRequest, refusal } from './answers.ts'
import { LOCAL_HOSTS } from './hosts.ts'
import { type Logger, silentLogger } from './logger.ts'
import { Sessions } from './sessions.ts'
import type { SessionStore } from './store/contract.ts'
import { systemClock, systemRandomId } from './system.ts'

export interface AppOptions {
  readonly store: SessionStore
  /** Name of this instance, in every result; `unknown`. */
  readonly instance?: string
  /** Time to live of a session from its last use on, in milliseconds; half an hour. */
  readonly ttlMs?: number
  /** How often a stream says that its instance is alive, in milliseconds; 2000. */
  readonly keepAliveMs?: number
  /** Host names, without port, that requests may be for and come from; this machine's. */
  readonly allowedHosts?: readonly string[]
  readonly clock?: Clock
  /** Makes session ids, which are bearer secrets. */
  readonly randomId?: () => string
  readonly logger?: Logger
}

export interface App {
  /** Serves `/mcp` and `/health`. */
  readonly app: Express
  /** The same without Express. That the client has gone is told by the request's signal. */
  handle(request: Request): Promise<Response>
  /** Asks the balancer for no new sessions, and waits until no call runs, `limitMs` at most. */
  drain(limitMs: number): Promise<void>
  /** Ends every session, its streams and calls. The store stays open. */
  close(): Promise<void>
}

/** One instance of the server over `store`. */
export function createApp(options: AppOptions): App {
  const sessions = new Sessions({
    store: options.store,
    instance: options.instance ?? 'unknown',
    ttlMs: options.ttlMs ?? 1_800_000,
    keepAliveMs: options.keepAliveMs ?? 2000,
    allowedHosts: options.allowedHosts ?? LOCAL_HOSTS,
    clock: options.clock ?? systemClock,
    randomId: options.randomId ?? systemRandomId,
    logger: options.logger ?? silentLogger,
  })
  const handle = async (request: Request) => {
    const answer = await sessions.handle(request)
    // The SDK asks every stream's connection to stay. Node alone knows whether its client wants to close it.
    answer.headers.delete('connection')
    return answer
  }
  const listener = getRequestListener(handle, {
    overrideGlobalObjects: false,
    errorHandler: (error) =>
      error instanceof RequestError ? refusal(403, -32000, error.message) : badRequest('The request could not be read'),
  })
  const app = express()
  app.disable('x-powered-by')
  app.use((request, response) => listener(request, response))
  return { app, handle, drain: (limitMs) => sessions.drain(limitMs), close: () => sessions.close() }
}
