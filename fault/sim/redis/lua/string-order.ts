// Makes fengari tell strings apart and order them by their bytes. It spells each byte in hexadecimal without a leading
// zero, so that "\1#" and "\18\3" are one key of a table to it, and a line end comes after every letter. The words of the
// language keep their spelling.
import { strings } from './fengari.ts'

let isDone = false

/** For the whole process, as fengari has one kind of string. */
export function orderByBytes(): void {
  if (isDone) return
  isDone = true
  const { prototype } = strings.TString
  Object.defineProperty(prototype, 'hash', {
    get(this: { readonly realstring: Uint8Array; sum?: string }) {
      const { buffer, byteOffset, length } = this.realstring
      this.sum ??= `|${Buffer.from(buffer, byteOffset, length).toString('hex')}`
      return this.sum
    },
    set() {},
  })
}
