// The traces of `traces/`, by hand: what chance seldom brings together, what needs waits, and each difference that was
// found once.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseTrace, type Trace } from '../../properties/trace.ts'

const FOLDER = join(import.meta.dirname, 'traces')
const titled = z.object({ title: z.string() })

export interface WrittenTrace {
  readonly file: string
  /** What both tiers do in it. */
  readonly title: string
  readonly trace: Trace
}

export function writtenTraces(): WrittenTrace[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  return files.sort().map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    return { file, title: titled.parse(JSON.parse(text)).title, trace: parseTrace(text, file) }
  })
}
