// HAProxy's own account of the requests that it served: where a test would otherwise have to measure, it says what was done.

export interface LoggedRequest {
  readonly server: string
  /** Milliseconds that it waited in a queue or between two retries. */
  readonly pausedMs: number
  readonly status: number
  readonly retries: number
  /** Whether another server than the first was tried. */
  readonly redispatched: 'redispatched' | 'not redispatched'
  readonly request: string
}

/** Names, five timers, the status, the four letters of how it ended, five counts and two queues, the request. */
const LINE =
  / mcp_\w+\/(?<server>\S+) -?\d+\/(?<paused>-?\d+)\/-?\d+\/-?\d+\/\+?\d+ (?<status>-?\d+) .* \d+\/\d+\/\d+\/\d+\/(?<retries>\+?\d+) \d+\/\d+ "(?<request>.*)"$/gm

export function loggedRequests(log: string): LoggedRequest[] {
  return [...log.matchAll(LINE)].map(({ groups }) => ({
    server: groups?.['server'] ?? '',
    pausedMs: Number(groups?.['paused']),
    status: Number(groups?.['status']),
    retries: Number(groups?.['retries']),
    redispatched: groups?.['retries']?.startsWith('+') ? 'redispatched' : 'not redispatched',
    request: groups?.['request'] ?? '',
  }))
}
