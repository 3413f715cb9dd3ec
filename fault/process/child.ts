// One process of a stack: its log, its end, and signals by its own id. Each leads a process group, so that what it
// starts itself (a shell, a package runner) is paused and ended with it.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { StackError } from '../stack.ts'
import { until } from '../until.ts'
import type { Reaper } from './reaper.ts'

export interface ChildSettings {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Besides the harness's own environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly logFile: string
  readonly reaper: Reaper
}

type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'

export class Child {
  readonly name: string
  readonly id: number
  /** Resolves with how it ended, `exit code 1` or `SIGKILL`, when it has. */
  readonly ended: Promise<string>
  readonly #logFile: string
  #how: string | undefined

  constructor({ name, command, args, env = {}, logFile, reaper }: ChildSettings) {
    const log = openSync(logFile, 'a')
    // Detached: a Ctrl-C on the terminal reaches the harness alone, which decides what becomes of the stack.
    const subprocess = spawn(command, args, {
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const ended = new Promise<string>((resolve) => {
      subprocess.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
      subprocess.on('error', (error) => resolve(error.message))
    })
    if (subprocess.pid === undefined) throw new StackError(`${name}: ${command} cannot be executed`)
    this.name = name
    this.id = subprocess.pid
    this.#logFile = logFile
    reaper.note(this.id)
    this.ended = ended.then((how) => {
      this.signal('SIGKILL')
      reaper.forget(this.id)
      this.#how = how
      return how
    })
  }

  /** How it ended; undefined while it runs. */
  get how(): string | undefined {
    return this.#how
  }

  /** To the whole group, except for SIGTERM, which its leader passes on as it sees fit. */
  signal(signal: Signal): void {
    try {
      process.kill(signal === 'SIGTERM' ? this.id : -this.id, signal)
    } catch {
      // It has ended already.
    }
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  /** Stops it in its tracks; resolves when it no longer runs. */
  async pause(): Promise<void> {
    this.signal('SIGSTOP')
    if (process.platform !== 'linux') return
    const missing = () => `${this.name} does not stop on SIGSTOP`
    await until(async () => this.#isStopped(), { limitMs: 2_000, everyMs: 1, missing })
  }

  /** The last lines that it wrote. The log goes with the stack's folder, and then there is nothing to tell. */
  lastLines(count = 20): string {
    if (!existsSync(this.#logFile)) return '(its log is gone)'
    const lines = readFileSync(this.#logFile, 'utf8').trimEnd().split('\n')
    return lines.slice(-count).join('\n') || '(it wrote nothing)'
  }

  /** The state stands behind the last parenthesis, since the name before it may hold anything. */
  async #isStopped(): Promise<true | undefined> {
    const stat = await readFile(`/proc/${this.id}/stat`, 'utf8').catch(() => ') X')
    return /\) [TXZ]/.test(stat) ? true : undefined
  }
}
