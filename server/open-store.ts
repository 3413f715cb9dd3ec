// Opens the store that the environment names: a module's, Redis, or this process's memory.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../wire/clock.ts'
import { BadEnvironment, type Environment } from './environment.ts'
import type { Logger } from './logger.ts'
import type { OpenStore, SessionStore } from './store/contract.ts'
import { MemorySessionStore } from './store/memory.ts'
import { RedisSessionStore } from './store/redis-store.ts'

export async function openStore(environment: Environment, clock: Clock, logger: Logger): Promise<SessionStore> {
  const { redisUrl: url, storeDeadlineMs: deadlineMs, storeModule } = environment
  if (storeModule !== undefined) {
    const open = await loadStoreModule(storeModule)
    return open({ url, clock, deadlineMs })
  }
  if (url === undefined) return new MemorySessionStore({ clock })
  const onError = (error: Error) => logger.warn({ error: error.message }, 'redis connection failed')
  return new RedisSessionStore({ url, clock, deadlineMs, onError })
}

async function loadStoreModule(path: string): Promise<OpenStore> {
  const where = `SESSION_STORE=${JSON.stringify(path)} is not accepted: expected`
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href).catch((error: unknown) => {
    throw new BadEnvironment(
      `${where} the path of a module that loads (${error instanceof Error ? error.message : error})`,
    )
  })
  if (!exportsOpen(loaded)) throw new BadEnvironment(`${where} a module that exports a function named open`)
  return loaded.open
}

function exportsOpen(loaded: unknown): loaded is { readonly open: OpenStore } {
  return typeof loaded === 'object' && loaded !== null && 'open' in loaded && typeof loaded.open === 'function'
}
