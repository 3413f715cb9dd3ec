// The ground that one stack stands on: its folder, its processes, and their end. Whoever starts a process does it here,
// so that closing the site is enough to leave nothing behind.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StackError } from '../stack.ts'
import { Child } from './child.ts'
import { startReaper } from './reaper.ts'

export interface Launch {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export class Site {
  readonly folder: string
  readonly #logs: string
  readonly #reaper
  readonly #children = new Set<Child>()
  /** Those that the stack cannot do without. */
  readonly #parts = new Set<Child>()
  readonly #endings: (() => void)[] = []
  readonly #partEnded: (name: string, how: string) => void
  #closing: Promise<void> | undefined

  /**
   * @param logs a folder in which the logs stay
   * @param partEnded told of each part that ends by itself
   */
  constructor(logs?: string, partEnded: (name: string, how: string) => void = () => {}) {
    this.#partEnded = partEnded
    this.folder = mkdtempSync(join(tmpdir(), 'mcp-failproof-'))
    this.#reaper = startReaper(this.folder)
    this.#logs = logs ?? this.folder
    mkdirSync(this.#logs, { recursive: true })
  }

  launch({ name, command, args, env = {} }: Launch): Child {
    if (this.#closing !== undefined) throw new StackError(`the stack is closed: ${name} cannot be started`)
    const logFile = join(this.#logs, `${name}.log`)
    const child = new Child({ name, command, args, env, logFile, reaper: this.#reaper })
    this.#children.add(child)
    void child.ended.then(() => this.#children.delete(child))
    return child
  }

  /** Launches a part that must run as long as the stack does. */
  launchPart(launch: Launch): Child {
    const child = this.launch(launch)
    this.#parts.add(child)
    void child.ended.then((how) => {
      if (!this.isClosing && this.#parts.has(child)) this.#partEnded(child.name, how)
    })
    return child
  }

  /** From now on this part may end: it is about to be told to. One that has ended by itself is still told of. */
  release(part: Child): void {
    if (part.how === undefined) this.#parts.delete(part)
  }

  /** The id of each process that runs, by its name. */
  get processes(): ReadonlyMap<string, number> {
    return new Map([...this.#children].map((child) => [child.name, child.id]))
  }

  /** Throws when a part has ended by itself: no trace means anything on what is left. */
  assertWhole(): void {
    if (this.#closing !== undefined) throw new StackError('the stack is closed')
    for (const part of this.#parts) {
      if (part.how !== undefined) {
        throw new StackError(`${part.name} ended by itself (${part.how}); the end of its log:\n${part.lastLines()}`)
      }
    }
  }

  /** Runs `ending` when the site closes, before its processes end. */
  atEnd(ending: () => void): void {
    this.#endings.push(ending)
  }

  /** Whether it is being closed: whatever ends then was told to. */
  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Ends every process, removes every file. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const ending of this.#endings) ending()
    await Promise.all([...this.#children].map((child) => child.kill()))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
    await this.#reaper.finish()
  }
}
