// One instance as a process: the environment in, a listening server out, and an orderly end on SIGTERM. The only file
// that touches the process.
import { createServer, type Server } from 'node:http'
import { pino } from 'pino'
import { type App, createApp } from './app.ts'
import { BadEnvironment, type Environment, readEnvironment } from './environment.ts'
import type { Logger } from './logger.ts'
import { openStore } from './open-store.ts'
import type { SessionStore } from './store/contract.ts'
import { systemClock, systemRandomId } from './system.ts'

// Above every idle time of the balancer: a connection closed here while it sends a POST there is reset under the POST.
const IDLE_CONNECTION_MS = 620_000

/** What is left to connections once everything that was worth waiting for has ended. */
const LAST_BYTES_MS = 200

async function main(): Promise<void> {
  const environment = readEnvironment(process.env)
  const { instance, ttlMs, keepAliveMs, allowedHosts } = environment
  const logger = pino({ level: environment.logLevel, base: { instance } })
  const store = await openStore(environment, systemClock, logger)
  const app = createApp({
    ...{ store, instance, ttlMs, keepAliveMs, allowedHosts, logger },
    clock: systemClock,
    randomId: systemRandomId,
  })
  const server = createServer(app.app)
  server.keepAliveTimeout = IDLE_CONNECTION_MS
  // Without a listener Node closes the connection without a word, and the balancer makes a 502 of that.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  await listen(server, environment)
  logger.info({ address: server.address() }, 'listening')
  let ending = false
  const end = (signal: string) => {
    if (ending) return
    ending = true
    void shutDown({ server, app, store, logger, drainMs: environment.drainMs }, signal)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

function listen(server: Server, { host, port }: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

interface Running {
  readonly server: Server
  readonly app: App
  readonly store: SessionStore
  readonly logger: Logger
  readonly drainMs: number
}

async function shutDown({ server, app, store, logger, drainMs }: Running, signal: string): Promise<void> {
  logger.info({ signal }, 'draining')
  await app.drain(drainMs)
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  await app.close()
  server.closeIdleConnections()
  await Promise.race([closed, systemClock.sleep(LAST_BYTES_MS)])
  server.closeAllConnections()
  await store.close()
  logger.info({}, 'ended')
  process.exit(0)
}

main().catch((error: unknown) => {
  if (error instanceof BadEnvironment) {
    console.error(error.message)
    process.exit(2)
  }
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
