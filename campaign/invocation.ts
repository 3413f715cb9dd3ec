// How this command was started, so that what a report tells people to type works where they stand.
import { basename } from 'node:path'

/** The command that replays a trace with these flags. */
export function replayCommand(file: string, flags: readonly string[]): string {
  const isSource = basename(process.argv[1] ?? '').endsWith('.ts')
  const words = ['replay', file, ...flags].map(quoted).join(' ')
  return isSource ? `npm run failproof -- ${words}` : `npx mcp-failproof ${words}`
}

function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
