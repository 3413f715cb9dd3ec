// A `backend` section: the instances, how they are balanced and checked, and the table of who is served by whom.
import { type CheckSettings, withHttpCheck, withHttpchk } from './check-line.ts'
import type { Line } from './line.ts'
import { PROXY_DIRECTIVES, type ProxySettings, withProxyDirective } from './proxy.ts'
import { readServer, type ServerLine, type ServerSettings, withDefaults } from './server-line.ts'
import { readStickRule, readStickTable, type StickRule, type StickTableSettings } from './stick-line.ts'

export interface BackendConfiguration extends ProxySettings {
  readonly name: string
  readonly checks: CheckSettings
  readonly table: StickTableSettings | undefined
  readonly stick: readonly StickRule[]
  /** In the order of the file. */
  readonly servers: readonly ServerLine[]
}

/** A name that another section must have. */
export interface Reference {
  readonly to: 'backend' | 'table' | 'peers' | 'resolvers'
  readonly name: string
  readonly line: Line
}

export interface Defaults {
  readonly proxy: ProxySettings
  readonly checks: CheckSettings
  readonly server: ServerSettings
}

/** A section that is being read, line by line. */
export interface Section {
  read(line: Line): void
}

const DIRECTIVES = ['stick-table', 'stick', 'http-check', 'default-server', 'server', ...PROXY_DIRECTIVES] as const

export class BackendSection implements Section {
  readonly #references: Reference[]
  #defaults: ServerSettings
  #backend: BackendConfiguration

  constructor(name: string, { proxy, checks, server }: Defaults, references: Reference[]) {
    this.#references = references
    this.#defaults = server
    this.#backend = { ...proxy, name, checks, table: undefined, stick: [], servers: [] }
  }

  get backend(): BackendConfiguration {
    return this.#backend
  }

  read(line: Line): void {
    this.#backend = this.#with(line)
    line.end()
  }

  #with(line: Line): BackendConfiguration {
    const backend = this.#backend
    const directive = line.oneOf(...DIRECTIVES)
    switch (directive) {
      case 'stick-table': {
        if (backend.table !== undefined) return line.refuse('a backend has one table')
        const table = readStickTable(line)
        this.#refer('peers', table.peers, line)
        return { ...backend, table }
      }
      case 'stick': {
        const rule = readStickRule(line, backend.name)
        this.#refer('table', rule.table, line)
        return { ...backend, stick: [...backend.stick, rule] }
      }
      case 'http-check':
        return { ...backend, checks: withHttpCheck(backend.checks, line) }
      case 'default-server':
        this.#defaults = withDefaults(this.#defaults, line)
        return backend
      case 'server':
        return { ...backend, servers: [...backend.servers, this.#server(line)] }
      case 'option':
        if (line.take('httpchk')) return { ...backend, checks: withHttpchk(backend.checks, line) }
    }
    return { ...backend, ...withProxyDirective(backend, directive, line) }
  }

  #server(line: Line): ServerLine {
    const { servers } = this.#backend
    let nextId = 1
    while (servers.some(({ id }) => id === nextId)) nextId++
    const server = readServer(this.#defaults, line, nextId)
    if (servers.some(({ name }) => name === server.name)) line.refuse(`the server ${server.name} stands here already`)
    if (servers.some(({ id }) => id === server.id)) line.refuse(`the id ${server.id} is another server's`)
    this.#refer('resolvers', server.resolvers, line)
    return server
  }

  #refer(to: Reference['to'], name: string | undefined, line: Line): void {
    if (name !== undefined) this.#references.push({ to, name, line })
  }
}
