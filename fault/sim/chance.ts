// All chance of a simulated world comes from one seed, in streams with names: what one link draws changes nothing of what
// another one does.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A number from 0 up to, but not including, 1. */
export type Random = () => number

/** A stream of random numbers; the same seed and name give the same one. */
export function chance(seed: number, name: string): Random {
  const generator = xoroshiro128plus(hashed(`${seed} ${name}`))
  return () => uniformFloat64(generator)
}

/** 32 bits of any text: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), over UTF-16 units. */
export function hashed(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash | 0
}

/** Replaces the process's own chance; the returned function gives it back. */
export function installChance(random: Random): () => void {
  const word = () => Math.floor(random() * 2 ** 32)
  const fill = (array: ArrayBufferView) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    for (let at = 0; at < bytes.length; at++) bytes[at] = word() & 0xff
    return array
  }
  const restores = [
    replaced(Math, 'random', random),
    replaced(globalThis.crypto, 'getRandomValues', fill),
    replaced(globalThis.crypto, 'randomUUID', () => uuid(word)),
  ]
  return () => {
    for (const restore of restores) restore()
  }
}

/** Version 4, as RFC 9562 has it. */
function uuid(word: () => number): string {
  const hex = (digits: number, value: number) => value.toString(16).padStart(digits, '0')
  const [time, middle, clock, node] = [word(), word(), word(), word()]
  const version = hex(4, (middle & 0x0fff) | 0x4000)
  const variant = hex(4, (clock & 0x3fff) | 0x8000)
  return `${hex(8, time)}-${hex(4, middle >>> 16)}-${version}-${variant}-${hex(4, clock >>> 16)}${hex(8, node)}`
}

function replaced(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name)
    else Object.defineProperty(owner, name, before)
  }
}
