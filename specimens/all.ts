// The names of all planted bugs: a folder each.
import { readdirSync } from 'node:fs'

export const SPECIMENS: readonly string[] = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
