// A bad twin is the balancer's own file with a directive changed or left out: what it fails at is what the directive is for.
import { readFileSync } from 'node:fs'
import { packageFile } from '../../fault/process/bundle.ts'

export const FILE = packageFile('haproxy/haproxy.cfg')

/** What to replace, by what. */
export type Edits = Readonly<Record<string, string>>

/** The text of the twin. Throws where the file does not have what is to be replaced, or the twin would be no twin. */
export function twinText(edits: Edits): string {
  return Object.entries(edits).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`haproxy.cfg does not have \`${from}\``)
      return text.replaceAll(from, to)
    },
    readFileSync(FILE, 'utf8'),
  )
}
