// A store module of the user's own, loaded into this process: once, since a simulation that loads anything while it runs
// is no longer reproducible.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { OpenStore } from '../../server/store/contract.ts'
import { storeModule } from '../process/bundle.ts'
import { StackError } from '../stack.ts'

const loaded = new Map<string, Promise<OpenStore>>()

/** @throws StackError where the module does not load or has no `open`. */
export function openStoreOf(path: string): Promise<OpenStore> {
  const found = loaded.get(path) ?? load(path)
  loaded.set(path, found)
  return found
}

async function load(path: string): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-failproof-store-'))
  try {
    const built = await storeModule(path, folder)
    const module: unknown = await import(pathToFileURL(built).href).catch((error: unknown) => {
      throw new StackError(`the store ${path} cannot be loaded: ${error instanceof Error ? error.message : error}`)
    })
    if (exportsOpen(module)) return module.open
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  throw new StackError(
    `the store ${path} has no function \`open\`: a store module exports open({ url, clock, deadlineMs })`,
  )
}

function exportsOpen(module: unknown): module is { readonly open: OpenStore } {
  return typeof module === 'object' && module !== null && 'open' in module && typeof module.open === 'function'
}
