// The balancer's own file as data. It accepts the directives of haproxy/haproxy.cfg and what people write in their
// place, and refuses every other line by its number.
import { type BackendConfiguration, BackendSection, type Reference, type Section } from './backend-section.ts'
import { ConfigurationError } from './configuration-error.ts'
import { DefaultsSection, NO_DEFAULTS } from './defaults-section.ts'
import { type FrontendConfiguration, FrontendSection } from './frontend-section.ts'
import type { Line } from './line.ts'
import { readLines } from './lines.ts'
import { GlobalSection, PeersSection, type ProcessSettings, ResolversSection } from './process-sections.ts'

export interface Configuration {
  readonly maxconn: number | undefined
  readonly localPeer: string | undefined
  readonly frontends: ReadonlyMap<string, FrontendConfiguration>
  readonly backends: ReadonlyMap<string, BackendConfiguration>
  /** The names of the peers, by the section. */
  readonly peers: ReadonlyMap<string, readonly string[]>
}

const SECTIONS = ['global', 'defaults', 'peers', 'resolvers', 'frontend', 'backend'] as const

/** @throws ConfigurationError at the first line that is not accepted. */
export function readConfiguration(text: string, environment: Readonly<Record<string, string>>): Configuration {
  const reading = new Reading(new Map(Object.entries(environment)))
  for (const line of readLines(text, reading.environment)) reading.read(line)
  return reading.configuration()
}

class Reading {
  readonly environment: Map<string, string>
  readonly #process: ProcessSettings = { maxconn: undefined, localPeer: undefined }
  readonly #frontends = new Map<string, { readonly section: FrontendSection; readonly line: Line }>()
  readonly #backends = new Map<string, { readonly section: BackendSection; readonly line: Line }>()
  readonly #peers = new Map<string, PeersSection>()
  readonly #resolvers = new Map<string, ResolversSection>()
  readonly #references: Reference[] = []
  #defaults: { readonly defaults: typeof NO_DEFAULTS } = { defaults: NO_DEFAULTS }
  #section: Section | undefined

  constructor(environment: Map<string, string>) {
    this.environment = environment
  }

  read(line: Line): void {
    const kind = line.take(...SECTIONS)
    if (kind !== undefined) this.#section = this.#begin(kind, line)
    else if (this.#section === undefined) line.refuse(`a file begins with a section: ${SECTIONS.join(', ')}`)
    else this.#section.read(line)
  }

  configuration(): Configuration {
    for (const reference of this.#references) this.#check(reference)
    const proxies = [
      ...[...this.#frontends.values()].map(({ section, line }) => ({ mode: section.frontend.mode, line })),
      ...[...this.#backends.values()].map(({ section, line }) => ({ mode: section.backend.mode, line })),
    ]
    for (const { mode, line } of proxies)
      if (mode !== 'http') throw new ConfigurationError(line, 'it needs `mode http`, here or in `defaults`')
    return {
      ...this.#process,
      frontends: new Map([...this.#frontends].map(([name, { section }]) => [name, section.frontend])),
      backends: new Map([...this.#backends].map(([name, { section }]) => [name, section.backend])),
      peers: new Map([...this.#peers].map(([name, { peers }]) => [name, peers])),
    }
  }

  #begin(kind: (typeof SECTIONS)[number], line: Line): Section {
    if (kind === 'global' || kind === 'defaults') {
      line.end()
      if (kind === 'global') return new GlobalSection(this.#process, this.environment)
      const defaults = new DefaultsSection()
      this.#defaults = defaults
      return defaults
    }
    const [name] = line.matching(/^[\w.:-]+$/, `a name of the ${kind}`)
    line.end()
    const before = {
      peers: this.#peers,
      resolvers: this.#resolvers,
      frontend: this.#frontends,
      backend: this.#backends,
    }
    if (before[kind].has(name)) line.refuse(`a ${kind} of this name stands before it`)
    const { defaults } = this.#defaults
    switch (kind) {
      case 'peers':
        return kept(this.#peers, name, new PeersSection())
      case 'resolvers':
        return kept(this.#resolvers, name, new ResolversSection())
      case 'frontend': {
        const section = new FrontendSection(name, defaults.proxy, this.#references)
        return kept(this.#frontends, name, { section, line }).section
      }
      case 'backend': {
        const section = new BackendSection(name, defaults, this.#references)
        return kept(this.#backends, name, { section, line }).section
      }
    }
  }

  #check({ to, name, line }: Reference): void {
    const exists = {
      backend: this.#backends.has(name),
      table: this.#backends.get(name)?.section.backend.table !== undefined,
      peers: this.#peers.has(name),
      resolvers: this.#resolvers.has(name),
    }
    const missing = to === 'table' ? `the backend ${name} has no stick-table` : `there is no \`${to} ${name}\``
    if (!exists[to]) throw new ConfigurationError(line, missing)
  }
}

function kept<Value>(map: Map<string, Value>, name: string, value: Value): Value {
  map.set(name, value)
  return value
}

// What the network around this mind does with it. Time is always an argument; nothing here waits or sends.
// - Start: `readConfiguration`; a `StickTable` for each backend that has one, `Choice` and `healthRules` for each backend;
//   `firstHealths` once, over the servers of all backends.
// - A check: at `dueAt` it connects (`checkBegun`, `checkConnected`), sends `checks.request`, and ends by `checkEnded`,
//   with 'timeout' at `failsAt`. After each change of a health: `Choice.becomes` ('usable' only where it is up), and where
//   `shutsSessions` says so, the failure 'shut-down' for each call on that server.
// - A request: `backendFor` (by `Choice.usable`), `stickyServer`, else `Choice.next`, else `errorPage(503)`; `take` when it
//   is assigned, `drop` when it has ended or leaves; `firstAttempt`.
// - A try that cannot connect: first `afterCall` with what was `heardOf` it, then `afterFailure`, and what that says. One that
//   was sent, and an answer: first `afterFailure`, and `afterCall` only where it is not sent again; then `learn`. A call is
//   not shut down by what it tells itself. A pause is over by 'shut-down' too.
// - `timeouts.server` and `timeouts.client` run while nothing is said; each error page leaves its connection open.
