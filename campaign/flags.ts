// The flags that commands share, and how their values are read.
import { type Command, InvalidArgumentError } from 'commander'

/** Which stack is started. */
export function withStackFlags(command: Command, defaultTtlSeconds: number): Command {
  const ttl = `session TTL; every timer of the stack is scaled with it (default: ${defaultTtlSeconds})`
  return command
    .option('--stack <tier>', 'where the stack runs: sim (one process, virtual time) or process (default: sim)')
    .option('--config <file>', 'config file (default: failproof.config.ts where there is one)')
    .option('--haproxy <file>', "balancer configuration in place of the package's own")
    .option('--ttl <seconds>', ttl, positive)
}

/** What every command that runs traces takes. */
export function withSharedFlags(command: Command): Command {
  return withStackFlags(command, 3)
    .option('--no-idempotency-keys', "take the clients' idempotency keys away")
    .option('--log <file>', 'write every event of every run, one a line')
    .option('--verbose', 'print the same')
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('A positive number is needed.')
  return value
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number is needed.')
  return value
}

export function atLeastOne(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('A whole number from 1 on is needed.')
  return value
}

export function port(text: string): number {
  const value = wholeNumber(text)
  if (value < 1 || value > 65_535) throw new InvalidArgumentError('A port from 1 to 65535 is needed.')
  return value
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `90s`, `10m`, `1h`, in milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const factor = unit === undefined ? undefined : UNITS[unit]
  if (factor === undefined || !(Number(amount) > 0))
    throw new InvalidArgumentError('A duration such as 90s, 10m or 1h is needed.')
  return Number(amount) * factor
}
