// A mistake of the person at the keyboard: told in one line that names the input and the mend, never as a stack trace.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Ends of the command, as CI sees them. */
export const EXIT = {
  /** Nothing found; or what was replayed holds. */
  ok: 0,
  /** A counterexample, or coverage that was required and not reached. */
  found: 1,
  usage: 2,
  /** The stack itself could not be started or kept. */
  stack: 3,
  interrupted: 130,
} as const
