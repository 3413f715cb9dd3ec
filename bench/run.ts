// `npm run bench -- NAME [--json FILE]` runs one benchmark and prints its tables. Without a name: which there are.
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { benchFailover } from './failover.ts'
import { benchProfile } from './profile.ts'
import { benchSessions } from './sessions.ts'
import { benchSimulation, benchSimulationMemory, benchSimulationProfile } from './simulation.ts'
import { benchStack } from './stack.ts'
import { printed, type Table } from './table.ts'
import { benchThroughput } from './throughput.ts'

interface Measured {
  readonly tables: readonly Table[]
  /** Single figures, which stand beside the tables in what `--json` writes. */
  readonly figures: Readonly<Record<string, number>>
}

interface Benchmark {
  readonly about: string
  readonly run: () => Promise<readonly Table[] | Measured>
}

const isMeasured = (found: readonly Table[] | Measured): found is Measured => 'figures' in found

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  [
    'throughput',
    { about: 'calls a second through HAProxy and Redis, by plain HTTP and by clients', run: benchThroughput },
  ],
  ['profile', { about: 'where an instance spends its own processor time', run: benchProfile }],
  ['failover', { about: 'time without an answer after kill, pause, stop and a rolling restart', run: benchFailover }],
  ['sessions', { about: 'memory of a session, sessions opened a second, get_status at 100,000', run: benchSessions }],
  ['simulation', { about: 'calls and traces a second in the simulation, beside the floor', run: benchSimulation }],
  ['simulation-profile', { about: 'where the time of a simulated call goes', run: benchSimulationProfile }],
  ['simulation-memory', { about: 'the heap over 10,000 simulated traces', run: benchSimulationMemory }],
  ['stack', { about: 'how long the stack takes to start, reset, heal and close', run: benchStack }],
])

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
  const [name = ''] = positionals
  const benchmark = BENCHMARKS.get(name)
  if (!benchmark) {
    if (name !== '') console.error(`There is no benchmark ${name}.`)
    console.log('Run one with: npm run bench -- NAME [--json FILE]')
    for (const [each, { about }] of BENCHMARKS) console.log(`  ${each.padEnd(20)}${about}`)
    return name === '' ? 0 : 2
  }
  const found = await benchmark.run()
  const { tables, figures } = isMeasured(found) ? found : { tables: found, figures: {} }
  for (const table of tables) console.log(`\n${printed(table)}`)
  if (values.json !== undefined) {
    const machine = { node: process.version, cores: availableParallelism() }
    await writeFile(values.json, `${JSON.stringify({ format: 2, name, machine, ...figures, tables }, undefined, 2)}\n`)
  }
  return 0
}

process.exitCode = await main()
