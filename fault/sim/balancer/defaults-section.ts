// A `defaults` section: what the frontends and backends after it begin with.
import type { Defaults, Section } from './backend-section.ts'
import { UNCHECKED, withHttpchk } from './check-line.ts'
import type { Line } from './line.ts'
import { BUILT_IN, PROXY_DIRECTIVES, withProxyDirective } from './proxy.ts'
import { SERVER_DEFAULTS, withDefaults } from './server-line.ts'

export const NO_DEFAULTS: Defaults = { proxy: BUILT_IN, checks: UNCHECKED, server: SERVER_DEFAULTS }

export class DefaultsSection implements Section {
  #defaults = NO_DEFAULTS

  get defaults(): Defaults {
    return this.#defaults
  }

  read(line: Line): void {
    this.#defaults = this.#with(line)
    line.end()
  }

  #with(line: Line): Defaults {
    const defaults = this.#defaults
    const directive = line.oneOf('default-server', ...PROXY_DIRECTIVES)
    if (directive === 'default-server') return { ...defaults, server: withDefaults(defaults.server, line) }
    if (directive === 'option' && line.take('httpchk'))
      return { ...defaults, checks: withHttpchk(defaults.checks, line) }
    return { ...defaults, proxy: withProxyDirective(defaults.proxy, directive, line) }
  }
}
