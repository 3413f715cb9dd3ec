// The config file: what of the stack is somebody else's, and settings that stay the same from run to run. Its names are
// the flags' names.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import { z } from 'zod'
import type { BackendCommand } from '../fault/index.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_FILE = 'failproof.config.ts'

const config = z.strictObject({
  /** The tier, as `--stack`. */
  stack: z.literal(['sim', 'process']).exactOptional(),
  /** Path of the balancer's file, as `--haproxy`. */
  haproxy: z.string().exactOptional(),
  /** Seconds, as `--ttl`. */
  ttl: z.number().positive().exactOptional(),
  /** As `--profile`. */
  profile: z.string().exactOptional(),
  /** `false` as `--no-idempotency-keys`. */
  idempotencyKeys: z.boolean().exactOptional(),
  /** How the instances are started, where they are not this package's own server. */
  backend: z
    .strictObject({
      command: z.string().exactOptional(),
      args: z.array(z.string()).exactOptional(),
      env: z.record(z.string(), z.string()).exactOptional(),
      readyWhen: z
        .custom<NonNullable<BackendCommand['readyWhen']>>((value) => typeof value === 'function')
        .exactOptional(),
    })
    .exactOptional(),
  /** Path of a module that exports `open` for the clients. */
  client: z.string().exactOptional(),
  /** Path of a module that exports `open` for the store. */
  store: z.string().exactOptional(),
  /** Folder of saved traces that each campaign runs first. */
  regressions: z.string().exactOptional(),
  /** How exactly the stack is held to its promises, in milliseconds. */
  bounds: z
    .strictObject({
      clockSlackMs: z.number().nonnegative().exactOptional(),
      deadlineSlackMs: z.number().nonnegative().exactOptional(),
    })
    .exactOptional(),
})

/** Paths are relative to the config file. */
export type FailproofConfig = z.infer<typeof config>

/**
 * Loads a config file; without a name, the one in the current folder where there is one. Paths in it become absolute.
 * @throws UsageError naming the file, the setting and what is accepted.
 */
export async function loadConfig(name: string | undefined): Promise<FailproofConfig> {
  const file = resolve(name ?? DEFAULT_FILE)
  if (!existsSync(file)) {
    if (name === undefined) return {}
    throw new UsageError(`no config file ${name}: give the path of a TypeScript or JavaScript module`)
  }
  const parsed = config.safeParse(await defaultExport(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new UsageError(`${name ?? DEFAULT_FILE}: ${issue?.path.join('.') || 'default export'}: ${issue?.message}`)
  }
  return withAbsolutePaths(parsed.data, dirname(file))
}

async function defaultExport(file: string): Promise<unknown> {
  const module = await importModule(file)
  const found = module['default']
  // A CommonJS package's modules arrive with their exports wrapped once more.
  return found && typeof found === 'object' && 'default' in found ? found.default : found
}

/** Imports a module of the user's, TypeScript too. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return await tsImport(pathToFileURL(file).href, import.meta.url)
  } catch (error) {
    throw new UsageError(`${file} cannot be loaded: ${error instanceof Error ? error.message : error}`)
  }
}

function withAbsolutePaths(given: FailproofConfig, folder: string): FailproofConfig {
  const { haproxy, client, store, regressions } = given
  return {
    ...given,
    ...(haproxy !== undefined && { haproxy: resolve(folder, haproxy) }),
    ...(client !== undefined && { client: resolve(folder, client) }),
    ...(store !== undefined && { store: resolve(folder, store) }),
    ...(regressions !== undefined && { regressions: resolve(folder, regressions) }),
  }
}
