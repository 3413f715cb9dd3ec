// What `defaults`, frontends and backends may all set: how long to wait, how to balance, and what to send again.
import type { Line } from './line.ts'

/** Milliseconds; what is not given waits for ever. */
export interface Timeouts {
  readonly connect?: number
  readonly client?: number
  readonly server?: number
  readonly tunnel?: number
  readonly check?: number
}

const REASONS = [
  'conn-failure',
  'empty-response',
  'junk-response',
  'response-timeout',
  '0rtt-rejected',
  '401',
  '403',
  '404',
  '408',
  '425',
  '500',
  '501',
  '502',
  '503',
  '504',
] as const

/** Why a request may be sent again. */
export type RetryReason = (typeof REASONS)[number]

const ALL_RETRYABLE: readonly RetryReason[] = [
  'conn-failure',
  'empty-response',
  'junk-response',
  'response-timeout',
  '0rtt-rejected',
  '500',
  '502',
  '503',
  '504',
]

export interface ProxySettings {
  readonly mode: 'http' | 'tcp'
  readonly timeouts: Timeouts
  readonly balance: 'leastconn' | 'roundrobin'
  /** How often a request is sent again. */
  readonly retries: number
  readonly retryOn: readonly RetryReason[]
  /** On every nth retry another server is tried, where negative counted from the last; undefined: on none. */
  readonly redispatch: number | undefined
  /** Whether each piece of a stream goes out at once. */
  readonly noDelay: boolean
  /** Whether an instance is told at once that its client has gone. */
  readonly abortOnClose: boolean
}

export const BUILT_IN: ProxySettings = {
  mode: 'tcp',
  timeouts: {},
  balance: 'roundrobin',
  retries: 3,
  retryOn: ['conn-failure'],
  redispatch: undefined,
  noDelay: false,
  abortOnClose: false,
}

/** The words that may begin such a line. */
export const PROXY_DIRECTIVES = ['mode', 'log', 'timeout', 'balance', 'retries', 'retry-on', 'option', 'no'] as const

/** The settings with what the line says; its first word has been read. `option httpchk` is a backend's own. */
export function withProxyDirective(
  settings: ProxySettings,
  directive: (typeof PROXY_DIRECTIVES)[number],
  line: Line,
): ProxySettings {
  switch (directive) {
    case 'mode':
      return { ...settings, mode: line.oneOf('http') }
    case 'log':
      line.oneOf('global')
      return settings
    case 'timeout': {
      const name = line.oneOf('connect', 'client', 'server', 'tunnel', 'check')
      return { ...settings, timeouts: { ...settings.timeouts, [name]: line.duration(`timeout ${name}`) } }
    }
    case 'balance':
      return { ...settings, balance: line.oneOf('leastconn', 'roundrobin') }
    case 'retries':
      return { ...settings, retries: line.integer('the number of retries') }
    case 'retry-on':
      return { ...settings, retryOn: retryReasons(line) }
    case 'option':
      return withOption(settings, line, 'on')
    case 'no':
      line.oneOf('option')
      return withOption(settings, line, 'off')
  }
}

function withOption(settings: ProxySettings, line: Line, to: 'on' | 'off'): ProxySettings {
  const option = line.oneOf('httplog', 'redispatch', 'http-no-delay', 'abortonclose')
  switch (option) {
    case 'httplog':
      return settings
    case 'http-no-delay':
      return { ...settings, noDelay: to === 'on' }
    case 'abortonclose':
      return { ...settings, abortOnClose: to === 'on' }
    case 'redispatch': {
      if (to === 'off') return { ...settings, redispatch: undefined }
      const redispatch = line.isAtEnd ? -1 : line.integer('the interval of redispatch', { least: -1_000 })
      return { ...settings, redispatch }
    }
  }
}

function retryReasons(line: Line): readonly RetryReason[] {
  if (line.take('none')) return []
  const reasons = new Set<RetryReason>()
  do {
    const word = line.oneOf('all-retryable-errors', ...REASONS)
    for (const reason of word === 'all-retryable-errors' ? ALL_RETRYABLE : [word]) reasons.add(reason)
  } while (!line.isAtEnd)
  return [...reasons]
}
