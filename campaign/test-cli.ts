// For tests: runs the command as people type it, in a folder of its own, and interrupts it like a Ctrl-C.
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

const CLI = resolve(import.meta.dirname, 'cli.ts')

export interface Ended {
  readonly code: number | null
  readonly output: string
}

export interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with the match when it has been printed. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts `mcp-failproof` with these arguments. */
export function startCli(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let output = ''
  let look = () => {}
  const read = (chunk: Buffer) => {
    output += chunk
    look()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, output })))
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((found, missed) => {
      look = () => {
        const match = pattern.exec(output)
        if (match) found(match)
      }
      look()
      void ended.then(() => missed(new Error(`it ended without printing ${pattern}:\n${output}`)))
    })
  return { child, ended, printed }
}
