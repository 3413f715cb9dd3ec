// The instances of one stack: what each of them runs, where it listens, and how it is told of the others.

import { systemClock } from '../../wire/clock.ts'
import { type Crash, type LinkName, StackError } from '../stack.ts'
import type { ProxiedLink } from '../toxiproxy.ts'
import { ProcessBackend } from './backend.ts'
import { serverModule, storeModule } from './bundle.ts'
import type { Child } from './child.ts'
import { instanceEnvironment, instanceName, type Ports } from './environment.ts'
import type { Settings } from './options.ts'
import type { Launch, Site } from './site.ts'

type LaunchInstance = (name: string, env: Launch['env']) => Child

/** How an instance is launched: a user's command, or this package's server, compiled for plain Node. */
export async function instanceLaunch(
  site: Site,
  settings: Settings,
  store: string | undefined,
): Promise<LaunchInstance> {
  const { command = process.execPath, args, env } = settings.backend
  const argv = args ?? [await serverModule(site.folder)]
  const storeEnv = store === undefined ? {} : { SESSION_STORE: await storeModule(store, site.folder) }
  return (name, own) =>
    site.launch({ name, command, args: argv, env: { LOG_LEVEL: 'info', ...own, ...storeEnv, ...env } })
}

export interface InstancesSettings {
  readonly settings: Settings
  readonly ports: Ports
  readonly links: ReadonlyMap<LinkName, ProxiedLink>
  readonly launch: LaunchInstance
  /** Gets an entry for each instance that ends by itself. */
  readonly crashes: Crash[]
}

export function createInstances({ settings, ports, links, launch, crashes }: InstancesSettings): ProcessBackend[] {
  return ports.instances.map((own, at) => {
    const name = instanceName(at + 1)
    const link = links.get(`backend:${at + 1}`)
    if (link === undefined) throw new StackError(`there is no link backend:${at + 1}`)
    return new ProcessBackend({
      name,
      url: new URL(`http://127.0.0.1:${own.server}/mcp`),
      link,
      drainMs: settings.timers.drainMs,
      launch: () => launch(name, instanceEnvironment(settings, name, own)),
      answers: settings.backend.readyWhen ?? (async (url) => (await health(url)) !== undefined),
      crashed: (crash) => crashes.push({ ...crash, at: systemClock.now() }),
    })
  })
}

/** Status of an instance's `/health`; undefined where nothing answers. */
export async function health(url: URL): Promise<number | undefined> {
  try {
    const response = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.status
  } catch {
    return undefined
  }
}
