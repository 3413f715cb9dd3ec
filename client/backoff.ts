// How long to wait before trying again: doubling, with full jitter, so that the clients of a dead instance do not all
// come back at once.

export interface BackoffSettings {
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
}

/** The wait after the given number of failures (from 1), in milliseconds. */
export function backoff(failures: number, { backoffMs, maxBackoffMs, random }: BackoffSettings): number {
  return random() * Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1))
}

/** The silence that fails a handshake, after the given number of failed ones: doubling up to that of a call. */
export function handshakeSilence(failures: number, settings: { handshakeMs: number; silenceMs: number }): number {
  return Math.min(settings.silenceMs, settings.handshakeMs * 2 ** failures)
}
