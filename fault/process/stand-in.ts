// For tests: has a stack run the small server beside this file in place of this package's own.
import { fileURLToPath } from 'node:url'
import type { BackendCommand } from './options.ts'

export function standIn(env: Readonly<Record<string, string>> = {}): BackendCommand {
  return { args: [fileURLToPath(new URL('./stand-in.mjs', import.meta.url))], env }
}
