// A line of the balancer's file that the simulation does not know. It never guesses and never leaves one out: a changed
// file is a changed simulation, or none.

export interface Place {
  /** From 1. */
  readonly number: number
  /** The line as it is written. */
  readonly text: string
}

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  /** Number of the line, from 1. */
  readonly line: number

  constructor({ number, text }: Place, problem: string) {
    super(`line ${number}: \`${text.trim()}\`: ${problem}`)
    this.line = number
  }
}
