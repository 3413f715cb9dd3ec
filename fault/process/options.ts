// What a caller may set of a stack of processes.
import { type CommonSettings, type CommonStackOptions, commonSettings } from '../settings.ts'

/** How the instances are started, where they are not this package's own server. */
export interface BackendCommand {
  /** Executed without a shell, by default Node. It gets INSTANCE_ID, HOST, PORT, REDIS_URL, SESSION_TTL and the timers. */
  readonly command?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /**
   * Whether the instance at this `/mcp` answers; by default any answer to `GET /health` will do. Asked again until it is
   * true; a rejection is a no. It must not ask for more than an answer: an instance may be started without its Redis.
   */
  readonly readyWhen?: (url: URL) => Promise<boolean>
}

export interface ProcessStackOptions extends CommonStackOptions {
  readonly backend?: BackendCommand
  /** Whether Toxiproxy stands on every link (the default), or none is there: then nothing but instances can be hurt. */
  readonly links?: 'proxied' | 'direct'
  /** Where the balancer listens for clients and for its statistics: free ports by default. */
  readonly ports?: { readonly balancer: number; readonly statistics: number }
  /** A folder in which the logs of all processes stay. */
  readonly logs?: string
  /** Told of each process that ends by itself: an instance can be started again, a stack without another part is over. */
  readonly ended?: (name: string, how: string) => void
  /** Aborting it ends the stack, also while it starts. */
  readonly signal?: AbortSignal
}

export interface Settings extends CommonSettings {
  readonly links: 'proxied' | 'direct'
  readonly backend: BackendCommand
}

export function settingsOf({ backend = {}, links = 'proxied', ...common }: ProcessStackOptions): Settings {
  return { ...commonSettings(common), backend, links }
}
