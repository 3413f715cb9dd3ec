// The package's own balancer file with single lines replaced: a planted bug is a line that people really write, and it
// must not hide behind a copy that has grown old.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const TRUE_FILE = new URL('../haproxy/haproxy.cfg', import.meta.url)
const CACHE = new URL('../.cache/specimens/', import.meta.url)

/**
 * Writes the variant into the cache folder, under a name of its content: the same one is the same file.
 * @returns its path. @throws where a line to replace is not in the true file.
 */
export function haproxyVariant(replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(TRUE_FILE, 'utf8')
  for (const [line, instead] of Object.entries(replacements)) {
    if (!text.includes(`\n    ${line}\n`)) throw new Error(`haproxy.cfg has no line \`${line}\``)
    text = text.replace(`\n    ${line}\n`, `\n    ${instead}\n`)
  }
  mkdirSync(CACHE, { recursive: true })
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = fileURLToPath(new URL(`haproxy-${name}.cfg`, CACHE))
  writeFileSync(file, text)
  return file
}
