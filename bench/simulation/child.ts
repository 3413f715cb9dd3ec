// Runs one of the scripts beside it in a process of its own, and reads the lines of JSON that it prints: what one leaves in
// the compiler's caches must not speed or slow another.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const line = z.record(z.string(), z.number())
const run = promisify(execFile)

export async function figuresOf(
  script: string,
  options: readonly string[] = [],
  ...args: readonly string[]
): Promise<Record<string, number>[]> {
  const file = fileURLToPath(new URL(`./${script}.ts`, import.meta.url))
  const node = [...options, '--expose-gc', '--import', import.meta.resolve('tsx'), file, ...args]
  const { stdout } = await run(process.execPath, node, { maxBuffer: 2 ** 20 })
  return stdout
    .trim()
    .split('\n')
    .map((each) => line.parse(JSON.parse(each)))
}
