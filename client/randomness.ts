// The chance that a client takes when nobody injects another: jitter, and the id that its keys carry.

/** A number from 0 up to, but not including, 1. */
export function systemRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1)).reduce((sum, word) => sum + word, 0) / 2 ** 32
}

/** 128 random bits in hexadecimal. */
export function systemRandomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')
}
