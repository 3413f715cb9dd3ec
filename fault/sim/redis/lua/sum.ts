// The name that Redis gives to a script: the SHA-1 of its bytes.
import { createHash } from 'node:crypto'

export function sumOf(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('hex')
}
