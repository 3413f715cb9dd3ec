// Every command that is simulated, by its name.
import type { Entry } from '../command.ts'
import { CONNECTIONS } from './connections.ts'
import { HASHES } from './hashes.ts'
import { KEYS } from './keys.ts'
import { SCRIPTS } from './scripts.ts'
import { SETTINGS } from './settings.ts'
import { SORTED_SETS } from './sorted-sets.ts'

export const COMMANDS: ReadonlyMap<string, Entry> = new Map(
  Object.entries({ ...CONNECTIONS, ...HASHES, ...KEYS, ...SCRIPTS, ...SETTINGS, ...SORTED_SETS }),
)
