// The package's own balancer file with single lines replaced: a planted bug is a line that people really write, and it
// must not hide behind a copy that has grown old.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TRUE_FILE = new URL('../haproxy/haproxy.cfg', import.meta.url)

/**
 * Writes the variant under a temporary folder that goes with this process.
 * @returns its path. @throws where a line to replace is not in the true file.
 */
export function haproxyVariant(replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(TRUE_FILE, 'utf8')
  for (const [line, instead] of Object.entries(replacements)) {
    if (!text.includes(`\n    ${line}\n`)) throw new Error(`haproxy.cfg has no line \`${line}\``)
    text = text.replace(`\n    ${line}\n`, `\n    ${instead}\n`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-specimen-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, text)
  return file
}
