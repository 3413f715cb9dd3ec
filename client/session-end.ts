// Tells a server that a session is over, so that it need not wait for its TTL. A courtesy: it fails silently.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { ExchangeSettings } from './exchange.ts'
import type { Session } from './session.ts'
import { SilenceWatch } from './silence.ts'

/** Sends DELETE. Never rejects, and gives up after `silenceMs`. */
export async function endSession(settings: ExchangeSettings, session: Session, silenceMs: number): Promise<void> {
  const transport = new StreamableHTTPClientTransport(settings.url, {
    fetch: settings.fetch,
    sessionId: session.id,
    ...(settings.headers && { requestInit: { headers: settings.headers } }),
  })
  transport.setProtocolVersion(session.server.protocolVersion)
  await transport.start()
  const silence = new Promise<void>((resolve) => {
    const watch = new SilenceWatch(settings.clock, silenceMs, resolve)
    const done = () => {
      watch.stop()
      resolve()
    }
    transport.terminateSession().then(done, done)
  })
  await silence
  await transport.close()
}
