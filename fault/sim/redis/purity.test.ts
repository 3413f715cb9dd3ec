// Nothing of the simulated Redis may look at the machine's time, wait, or draw lots: its owner alone moves it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const IMPURE =
  /\b(?:Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|randomUUID|randomBytes|hrtime|async|await|Promise)\b|\bMath\.random\b|['"](?:node:)?(?:timers|net|fs|child_process)\b/

/** What is left of a source without its comments. */
function code(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

it('has no clock, no timer, no socket and no chance', async () => {
  const files = await readdir(import.meta.dirname, { recursive: true })
  const sources = files.filter((file) => file.endsWith('.ts') && !/(?:\.test|\.d|test-[\w-]+)\.ts$/.test(file))
  expect(sources.length).toBeGreaterThan(20)
  const found = await Promise.all(
    sources.map(async (file) => {
      const match = IMPURE.exec(code(await readFile(join(import.meta.dirname, file), 'utf8')))
      return match === null ? [] : [`${file}: ${match[0]}`]
    }),
  )
  expect(found.flat()).toEqual([])
})
