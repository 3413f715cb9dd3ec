// Where two runs of one trace first told something else, for people: the trace, both answers, and what led to them.
import { describeCommand } from '../../properties/commands/describe.ts'
import type { Run } from '../../properties/run-trace.ts'
import { type NarratedLine, narrate } from '../narrate.ts'
import { answersOf } from './answers.ts'

/** The runs of one trace on both tiers. */
export interface Runs {
  readonly process: Run
  readonly sim: Run
}

/** Undefined where both tell the same. */
export function difference(runs: Runs): string | undefined {
  const [process, sim] = [answersOf(runs.process), answersOf(runs.sim)]
  const at = process.findIndex(({ told }, index) => told !== sim[index]?.told)
  if (at < 0 && process.length === sim.length) return undefined
  const place = at < 0 ? process.length : at
  const asked = process[place]?.asked ?? sim[place]?.asked
  const { trace } = runs.process
  return [
    ...trace.commands.map(
      (command, index) => `${index === place ? '>' : ' '} ${index + 1}. ${describeCommand(command)}`,
    ),
    '',
    `${asked}:`,
    `  process  ${process[place]?.told ?? 'nothing more'}`,
    `  sim      ${sim[place]?.told ?? 'nothing more'}`,
    '',
    'on process:',
    ...story(runs.process, place),
    'on sim:',
    ...story(runs.sim, place),
    '',
    JSON.stringify(trace),
  ].join('\n')
}

/** What a run tells of itself up to that command, or whole where the difference comes after all of them. */
function story(run: Run, at: number): string[] {
  const lines = narrate(run)
  const starts = lines.flatMap(({ kind }, index) => (kind === 'command' ? [index] : []))
  const end = at < run.trace.commands.length ? starts[at + 1] : undefined
  return lines.slice(0, end).map(indented)
}

function indented({ kind, text }: NarratedLine): string {
  return `${kind === 'command' ? '  ' : '       '}${text}`
}
