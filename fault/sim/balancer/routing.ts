// What a request's and a response's headers decide: the backend, the server that holds the session, and what the stick
// tables learn.
import type { BackendConfiguration } from './backend-section.ts'
import type { FrontendConfiguration } from './frontend-section.ts'
import type { ServerState } from './health.ts'
import type { ServerLine } from './server-line.ts'
import { stickKey } from './stick-key.ts'
import type { StickRule } from './stick-line.ts'
import type { Remembered, StickTable } from './stick-table.ts'

/** What a message has under the header of this name (in lower case), one for each line of it; none: []. */
export type HeaderValues = (name: string) => readonly string[]

/** The tables, by their backend. */
export interface Tables {
  readonly tables: ReadonlyMap<string, StickTable>
  readonly backends: ReadonlyMap<string, BackendConfiguration>
}

/** Undefined: there is none, and the answer is 503. `usable` counts the usable servers of a backend. */
export function backendFor(frontend: FrontendConfiguration, usable: (backend: string) => number): string | undefined {
  return frontend.choices.find(({ of, count }) => usable(of) === count)?.backend ?? frontend.defaultBackend
}

/**
 * The server that a table knows for this request, unless it is DOWN; a draining one keeps its sessions. Whatever comes of
 * it, the entry is kept for as long again.
 */
export function stickyServer(
  backend: BackendConfiguration,
  headers: HeaderValues,
  { memory, stateOf, now }: { memory: Tables; stateOf: (server: ServerLine) => ServerState; now: number },
): ServerLine | undefined {
  let found: ServerLine | undefined
  for (const rule of backend.stick) {
    if (rule.does !== 'match') continue
    const key = keyOf(rule, memory, headers)
    const remembered = key === undefined ? undefined : memory.tables.get(rule.table)?.match(key, now)
    const server = remembered && serverOf(backend, remembered)
    if (found === undefined && server !== undefined && stateOf(server) !== 'down') found = server
  }
  return found
}

/** What a response teaches, whatever its status. Of several rules for one table the first with a key counts. */
export function learn(
  backend: BackendConfiguration,
  headers: HeaderValues,
  { memory, server, now }: { memory: Tables; server: Remembered; now: number },
): void {
  const taught = new Set<string>()
  for (const rule of backend.stick) {
    if (rule.does !== 'store-response' || taught.has(rule.table)) continue
    const key = keyOf(rule, memory, headers)
    if (key === undefined) continue
    taught.add(rule.table)
    memory.tables.get(rule.table)?.store(key, { name: server.name, id: server.id }, now)
  }
}

function keyOf(rule: StickRule, { backends }: Tables, headers: HeaderValues): string | undefined {
  const settings = backends.get(rule.table)?.table
  return settings === undefined ? undefined : stickKey(rule.key, settings, headers(rule.key.header))
}

function serverOf({ servers }: BackendConfiguration, { name, id }: Remembered): ServerLine | undefined {
  return servers.find((server) => server.name === name) ?? servers.find((server) => server.id === id)
}
