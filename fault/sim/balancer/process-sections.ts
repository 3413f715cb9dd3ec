// `global`, `peers` and `resolvers`: what concerns the process. Little of it is simulated, all of it is checked.
import type { Section } from './backend-section.ts'
import type { Line } from './line.ts'

export interface ProcessSettings {
  /** Connections from clients at once. */
  maxconn: number | undefined
  /** The name under which the process finds itself among its peers. */
  localPeer: string | undefined
}

const FACILITY = /^(?:local[0-7]|daemon|user)$/

export class GlobalSection implements Section {
  readonly #settings: ProcessSettings
  readonly #environment: Map<string, string>

  constructor(settings: ProcessSettings, environment: Map<string, string>) {
    this.#settings = settings
    this.#environment = environment
  }

  read(line: Line): void {
    const directive = line.oneOf('log', 'maxconn', 'localpeer', 'stats', 'presetenv')
    switch (directive) {
      case 'log':
        readLog(line)
        break
      case 'maxconn':
        this.#settings.maxconn = line.integer('maxconn', { least: 1 })
        break
      case 'localpeer':
        this.#settings.localPeer = line.word('a name')
        break
      case 'stats':
        readAdminSocket(line)
        break
      case 'presetenv': {
        const [name] = line.matching(/^[A-Za-z_]\w*$/, 'the name of a variable')
        const value = line.word('its value')
        if (!this.#environment.has(name)) this.#environment.set(name, value)
      }
    }
    line.end()
  }
}

function readLog(line: Line): void {
  line.oneOf('stdout', 'stderr')
  line.oneOf('format')
  line.oneOf('raw', 'short', 'timed')
  line.matching(FACILITY, 'a facility such as local0')
  if (!line.isAtEnd) line.oneOf('emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug')
}

function readAdminSocket(line: Line): void {
  line.oneOf('socket')
  line.word('the path of the socket')
  while (!line.isAtEnd) {
    if (line.oneOf('mode', 'level') === 'level') line.oneOf('user', 'operator', 'admin')
    else line.matching(/^[0-7]{3,4}$/, 'a mode such as 600')
  }
}

export class PeersSection implements Section {
  readonly peers: string[] = []

  read(line: Line): void {
    line.oneOf('peer')
    this.peers.push(line.word('the name of a peer'))
    line.address('its address')
    line.end()
  }
}

export class ResolversSection implements Section {
  read(line: Line): void {
    if (line.oneOf('nameserver', 'hold') === 'nameserver') {
      line.word('the name of a name server')
      line.address('its address')
    } else {
      line.oneOf('valid')
      line.duration('hold valid')
    }
    line.end()
  }
}
