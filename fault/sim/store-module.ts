// A store module of the user's own, loaded into this process: once, since a simulation that loads anything while it runs
// is no longer reproducible.
import { pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import type { OpenStore } from '../../server/store/contract.ts'
import { StackError } from '../stack.ts'

const loaded = new Map<string, Promise<OpenStore>>()

/** @throws StackError where the module does not load or has no `open`. */
export function storeModule(path: string): Promise<OpenStore> {
  const found = loaded.get(path) ?? load(path)
  loaded.set(path, found)
  return found
}

async function load(path: string): Promise<OpenStore> {
  const module: unknown = await tsImport(pathToFileURL(path).href, import.meta.url).catch((error: unknown) => {
    throw new StackError(`the store ${path} cannot be loaded: ${error instanceof Error ? error.message : error}`)
  })
  if (exportsOpen(module)) return module.open
  throw new StackError(
    `the store ${path} has no function \`open\`: a store module exports open({ url, clock, deadlineMs })`,
  )
}

function exportsOpen(module: unknown): module is { readonly open: OpenStore } {
  return typeof module === 'object' && module !== null && 'open' in module && typeof module.open === 'function'
}
