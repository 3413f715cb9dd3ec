// A counterexample as it is printed and saved: the promise, the shortest story that breaks it, and how to see it again.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import pc from 'picocolors'
import type { Run } from '../properties/run-trace.ts'
import type { Found } from './campaign.ts'
import { diagram } from './diagram.ts'
import { type NarratedLine, narrate } from './narrate.ts'

const FOLDER = 'counterexamples'

export interface Saved {
  /** Path of the trace, relative to the current folder. */
  readonly file: string
  /** Path of the story with its diagram. */
  readonly story: string
}

/** Saves the trace as JSON and its story as Markdown; a file of an earlier campaign is never overwritten. */
export async function saveCounterexample(found: Found, seed: number, replay: (file: string) => string): Promise<Saved> {
  await mkdir(FOLDER, { recursive: true })
  const { run, executions, source } = found
  const from = 'index' in source ? `seed-${seed}-trace-${source.index + 1}` : basename(source.file, '.json')
  const name = `${run.finding?.promise.replaceAll(' ', '-')}-${from}`
  const free = Array.from({ length: 1_000 }, (_, copy) => (copy === 0 ? name : `${name}-${copy}`)).find(
    (each) => !existsSync(join(FOLDER, `${each}.json`)),
  )
  const file = join(FOLDER, `${free ?? name}.json`)
  const story = join(FOLDER, `${free ?? name}.md`)
  const foundBy = {
    promise: run.finding?.promise,
    detail: run.finding?.detail,
    ...('index' in source ? { seed, trace: source.index + 1 } : source),
    executions,
  }
  await writeFile(file, `${JSON.stringify({ ...run.trace, found: foundBy }, undefined, 2)}\n`)
  await writeFile(story, storyPage(run, replay(file)))
  return { file: relative('.', file), story: relative('.', story) }
}

/** What is printed of it. */
export function printedCounterexample(found: Found, saved: Saved, replay: string, seed: number): string {
  const { run, first, executions, source } = found
  const from = 'index' in source ? `trace ${source.index + 1} of seed ${seed}` : source.file
  const commands = (count: number) => `${count} ${count === 1 ? 'command' : 'commands'}`
  return [
    pc.red(pc.bold(run.finding?.property ?? '')),
    '',
    ...narrate(run).map(printedLine),
    '',
    `Found by ${from}; shrunk from ${commands(first.commands.length)} to ${commands(run.trace.commands.length)} in ${executions} executions.`,
    `Saved to ${saved.file}; its story with a sequence diagram is ${saved.story}.`,
    `See it again:  ${pc.bold(replay)}`,
    `Keep it as a regression test: move ${saved.file} into the folder that \`regressions\` of failproof.config.ts names.`,
  ].join('\n')
}

export function printedLine({ kind, text }: NarratedLine): string {
  switch (kind) {
    case 'command':
      return `  ${text}`
    case 'answer':
      return pc.dim(`       ${text}`)
    case 'detail':
      return pc.dim(`       ${text}`)
    case 'impossible':
      return pc.red(`    => impossible: ${text}`)
    default:
      return kind satisfies never
  }
}

function storyPage(run: Run, replay: string): string {
  const { finding } = run
  const story = narrate(run).map(
    ({ kind, text }) => `${kind === 'command' ? '' : '     '}${kind === 'impossible' ? '=> ' : ''}${text}`,
  )
  return `# ${finding?.property}

\`\`\`text
${story.join('\n')}
\`\`\`

\`\`\`mermaid
${diagram(run)}
\`\`\`

See it again: \`${replay}\`
`
}
