// Whatever way the harness ends, kill -9 included, its processes and files go with it: a small process of its own waits
// for the pipe from the harness to close, then ends what is still noted, by id, and removes the folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Written out as text because it runs without this package, also where the package is TypeScript. */
const SCRIPT = `
const { rmSync } = require('node:fs')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
const groups = new Set()
const isThere = (group) => { try { process.kill(-group, 0); return true } catch { return false } }
let rest = ''
process.stdin.setEncoding('utf8').on('data', (part) => {
  const lines = (rest + part).split('\\n')
  rest = lines.pop()
  for (const line of lines) line.startsWith('-') ? groups.delete(Number(line.slice(1))) : groups.add(Number(line))
}).on('end', () => {
  for (const group of groups) try { process.kill(-group, 'SIGKILL') } catch {}
  const end = Date.now() + 500
  const finish = () => {
    if ([...groups].some(isThere) && Date.now() < end) return setTimeout(finish, 10)
    rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 5 })
  }
  finish()
})`

export interface Reaper {
  /** From now on this process group ends with the harness. */
  note(group: number): void
  /** This process group has ended: its id may soon be another's. */
  forget(group: number): void
  /** Ends what is noted, removes the folder; resolves when both is done. */
  finish(): Promise<void>
}

/** Starts the process that will remove `folder`. */
export function startReaper(folder: string): Reaper {
  // A group of its own: a Ctrl-C on the terminal must not end it before its work.
  const reaper = spawn(process.execPath, ['-e', SCRIPT, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  })
  const ended = once(reaper, 'exit')
  // Where somebody ended it there is nobody to tell; `finish` and the stack's own close do not depend on it.
  reaper.stdin.on('error', () => undefined)
  return {
    note: (group) => void reaper.stdin.write(`${group}\n`),
    forget: (group) => void reaper.stdin.write(`-${group}\n`),
    async finish() {
      reaper.stdin.end()
      await ended
    },
  }
}
