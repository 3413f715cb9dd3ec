// The machine's own time and chance, in one place: what the server is given unless a caller, such as a simulation,
// brings its own. Nothing else in server/ may ask the machine for either.
export { systemClock } from '../wire/clock.ts'

/** A random UUID. */
export const systemRandomId = (): string => globalThis.crypto.randomUUID()
