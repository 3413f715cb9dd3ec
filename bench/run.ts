// `npm run bench -- NAME` runs one benchmark and prints the least, the median and the most of each figure, in
// milliseconds; `--json FILE` writes every time. Without a name: which there are.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { benchStack } from './stack.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<Record<string, number[]>>>> = { stack: benchStack }

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
  const [name = ''] = positionals
  const benchmark = BENCHMARKS[name]
  if (!benchmark) {
    console.log(`Benchmarks: ${Object.keys(BENCHMARKS).join(', ')}. Run one with: npm run bench -- NAME [--json FILE]`)
    return name === '' ? 0 : 2
  }
  const times = await benchmark()
  for (const [what, all] of Object.entries(times)) {
    const sorted = all.toSorted((a, b) => a - b)
    const [least, median, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) =>
      sorted[at]?.toFixed(0),
    )
    console.log(`${what.padEnd(18)} least ${least}, median ${median}, most ${most} ms (${sorted.length} times)`)
  }
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ format: 1, name, times }, undefined, 2)}\n`)
  return 0
}

process.exitCode = await main()
