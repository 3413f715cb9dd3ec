// The instances of one stack: what each of them runs, where it listens, and how it is told of the others.

import { systemClock } from '../../wire/clock.ts'
import { instanceName } from '../settings.ts'
import type { Crash, LinkName } from '../stack.ts'
import { type Gate, ProcessBackend } from './backend.ts'
import { serverModule, storeModule } from './bundle.ts'
import type { Child } from './child.ts'
import { instanceEnvironment, type Ports } from './environment.ts'
import type { BackendCommand, Settings } from './options.ts'
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

/** A process that is not there refuses by itself. */
const UNGUARDED: Gate = { accept: async () => {}, refuse: async () => {} }

export interface InstancesSettings {
  readonly settings: Settings
  readonly ports: Ports
  /** Without one for an instance, the balancer connects to the instance itself. */
  readonly links: ReadonlyMap<LinkName, Gate>
  readonly launch: LaunchInstance
  /** Told of each instance that ends by itself. */
  readonly crashed: (crash: Crash) => void
}

export function createInstances({ settings, ports, links, launch, crashed }: InstancesSettings): ProcessBackend[] {
  return ports.instances.map((own, at) => {
    const name = instanceName(at + 1)
    return new ProcessBackend({
      name,
      url: new URL(`http://127.0.0.1:${own.server}/mcp`),
      link: links.get(`backend:${at + 1}`) ?? UNGUARDED,
      drainMs: settings.timers.drainMs,
      launch: () => launch(name, instanceEnvironment(settings, name, own)),
      answers: (url) => isReady(url, settings.backend),
      crashed: (crash) => crashed({ ...crash, at: systemClock.now() }),
    })
  })
}

/** A look of the user's own may reject as long as nothing listens: then it is not ready yet. */
async function isReady(url: URL, { readyWhen }: BackendCommand): Promise<boolean> {
  if (readyWhen === undefined) return (await health(url)) !== undefined
  return readyWhen(url).catch(() => false)
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
