// A client connects, and ends; time passes.
import type { Done, Real, RunningClient } from '../real.ts'

/** Connects a fresh client under this number. One that cannot connect now stays open: its calls go on trying. */
export async function performOpen(real: Real, number: number): Promise<Done> {
  const { stack, recorder, openClient, settings } = real
  const client = openClient({ ...settings, url: stack.endpoint, fetch: stack.fetch, clock: stack.clock })
  const running: RunningClient = {
    name: real.nextClientName(number),
    client,
    state: 'open',
    sessions: [],
    serving: undefined,
  }
  real.clients.set(number, running)
  recorder.follow(client, running.name, (from, to) => {
    if (running.sessions.length === 0) running.sessions.push(from)
    running.sessions.push(to)
  })
  try {
    await client.connect()
    running.serving = /instance: (\S+)/.exec(client.instructions ?? '')?.[1]
    return {}
  } catch (error) {
    return { note: `not connected: ${error instanceof Error ? error.message : error}` }
  }
}

export async function performClose(real: Real, number: number): Promise<Done> {
  const running = real.client(number)
  if (running.state === 'closed') return {}
  running.state = 'closed'
  try {
    await running.client.close()
    return {}
  } catch (error) {
    return { note: `closed without its DELETE: ${error instanceof Error ? error.message : error}` }
  }
}

export async function performWait(real: Real, ms: number): Promise<Done> {
  await real.stack.clock.sleep(ms)
  return {}
}
