// A `frontend` section: where clients or the curious come in, and which backend they are sent to.
import type { Reference, Section } from './backend-section.ts'
import type { Line } from './line.ts'
import { PROXY_DIRECTIVES, type ProxySettings, withProxyDirective } from './proxy.ts'

/** `use_backend NAME if { nbsrv(OF) eq COUNT }`. */
export interface BackendChoice {
  readonly backend: string
  readonly of: string
  readonly count: number
}

export interface FrontendConfiguration extends ProxySettings {
  readonly name: string
  readonly bind: readonly string[]
  /** The first that holds is taken. */
  readonly choices: readonly BackendChoice[]
  readonly defaultBackend: string | undefined
  /** The path of its statistics, where it shows them. */
  readonly statistics: string | undefined
}

const DIRECTIVES = ['bind', 'use_backend', 'default_backend', 'stats', ...PROXY_DIRECTIVES] as const
const HAPROXY_STATISTICS = '/haproxy?stats'

export class FrontendSection implements Section {
  readonly #references: Reference[]
  #frontend: FrontendConfiguration

  constructor(name: string, settings: ProxySettings, references: Reference[]) {
    this.#references = references
    this.#frontend = { ...settings, name, bind: [], choices: [], defaultBackend: undefined, statistics: undefined }
  }

  get frontend(): FrontendConfiguration {
    return this.#frontend
  }

  read(line: Line): void {
    this.#frontend = this.#with(line)
    line.end()
  }

  #with(line: Line): FrontendConfiguration {
    const frontend = this.#frontend
    const directive = line.oneOf(...DIRECTIVES)
    switch (directive) {
      case 'bind':
        return { ...frontend, bind: [...frontend.bind, line.address('an address')] }
      case 'default_backend':
        return { ...frontend, defaultBackend: this.#backend(line) }
      case 'use_backend':
        return { ...frontend, choices: [...frontend.choices, this.#choice(line)] }
      case 'stats':
        return { ...frontend, statistics: statistics(frontend.statistics, line) }
      default:
        return { ...frontend, ...withProxyDirective(frontend, directive, line) }
    }
  }

  #choice(line: Line): BackendChoice {
    const backend = this.#backend(line)
    const accepted = 'if { nbsrv(BACKEND) eq N }'
    line.matching(/^if$/, accepted)
    line.matching(/^\{$/, accepted)
    const [, of = ''] = line.matching(/^nbsrv\(([\w.:-]+)\)$/, accepted)
    this.#references.push({ to: 'backend', name: of, line })
    line.matching(/^eq$/, accepted)
    const count = line.integer('the number of servers')
    line.matching(/^\}$/, accepted)
    return { backend, of, count }
  }

  #backend(line: Line): string {
    const name = line.word('the name of a backend')
    this.#references.push({ to: 'backend', name, line })
    return name
  }
}

function statistics(before: string | undefined, line: Line): string {
  const what = line.oneOf('enable', 'uri', 'refresh')
  if (what === 'uri') return line.matching(/^\/\S*$/, 'a path')[0]
  if (what === 'refresh') line.duration('refresh', { bare: 's' })
  return before ?? HAPROXY_STATISTICS
}
