// What a command was asked for, from its flags and the config file, checked and complete. Flags win.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { StackOptions, Tier } from '../fault/index.ts'
import { type Bounds, clientTimers, DEFAULT_BOUNDS } from '../properties/bounds.ts'
import type { ClientTimers, OpenClient } from '../properties/client-under-test.ts'
import { openResilientClient } from '../properties/resilient.ts'
import { type FailproofConfig, importModule, loadConfig } from './config.ts'
import { UsageError } from './usage-error.ts'

/** Flags that every command shares. */
export interface SharedFlags {
  readonly stack?: string
  readonly config?: string
  readonly haproxy?: string
  readonly ttl?: number
  readonly idempotencyKeys: boolean
  readonly log?: string
  readonly verbose?: true
}

/** How traces are run: on which stack, by which clients, held to which bounds. */
export interface Target {
  readonly stack: Omit<Extract<StackOptions, { tier: 'process' }>, 'signal' | 'tier'> & { readonly tier: Tier }
  readonly openClient: OpenClient
  readonly timers: ClientTimers
  readonly bounds: Bounds
  readonly keys: 'on' | 'off'
  readonly config: FailproofConfig
  /** The flags that make the same target again: as they are typed, and as they were read. */
  readonly flags: readonly string[]
  readonly asked: SharedFlags
}

const DEFAULT_TTL_SECONDS = 3

/**
 * @param ttlSeconds where neither the flags nor the config file name one
 * @throws UsageError
 */
export async function targetOf(flags: SharedFlags, ttlSeconds = DEFAULT_TTL_SECONDS): Promise<Target> {
  const config = await loadConfig(flags.config)
  const tier = tierOf(flags.stack ?? config.stack ?? (config.backend === undefined ? 'sim' : 'process'))
  const haproxyFile = flags.haproxy === undefined ? config.haproxy : resolve(flags.haproxy)
  if (haproxyFile !== undefined && !existsSync(haproxyFile)) {
    throw new UsageError(`no balancer file ${flags.haproxy ?? haproxyFile}: give the path of an HAProxy configuration`)
  }
  const ttlMs = (flags.ttl ?? config.ttl ?? ttlSeconds) * 1_000
  return {
    stack: {
      tier,
      ttlMs,
      ...(haproxyFile !== undefined && { haproxyFile }),
      ...(config.backend && { backend: config.backend }),
      ...(config.store !== undefined && { store: config.store }),
    },
    openClient: config.client === undefined ? openResilientClient : await clientModule(config.client),
    timers: clientTimers(ttlMs),
    bounds: { ...DEFAULT_BOUNDS, ...config.bounds },
    keys: flags.idempotencyKeys && config.idempotencyKeys !== false ? 'on' : 'off',
    config,
    flags: repeatedFlags({ ...flags, stack: tier }),
    asked: { ...flags, ttl: ttlMs / 1_000 },
  }
}

const TIERS: readonly Tier[] = ['sim', 'process']

function tierOf(name: string): Tier {
  const tier = TIERS.find((each) => each === name)
  if (tier) return tier
  throw new UsageError(`--stack ${name}: there are ${TIERS.join(' and ')}`)
}

async function clientModule(file: string): Promise<OpenClient> {
  const { open } = await importModule(file)
  if (isOpenClient(open)) return open
  throw new UsageError(
    `${file} has no function \`open\`: a client module exports open({ url, fetch, clock, random, keys })`,
  )
}

function isOpenClient(value: unknown): value is OpenClient {
  return typeof value === 'function'
}

function repeatedFlags({ stack, config, haproxy, ttl, idempotencyKeys }: SharedFlags): string[] {
  return [
    ...(stack === undefined || stack === 'sim' ? [] : ['--stack', stack]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(haproxy === undefined ? [] : ['--haproxy', haproxy]),
    ...(ttl === undefined ? [] : ['--ttl', String(ttl)]),
    ...(idempotencyKeys ? [] : ['--no-idempotency-keys']),
  ]
}
