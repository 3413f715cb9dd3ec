// What is seen while a script runs, and who waits to go on: nothing of it depends on the order within a step.

interface Waiting {
  readonly name: string
  resolve(): void
  reject(error: Error): void
}

export class StreamLog {
  readonly #errors = new Map<unknown, string>()
  readonly #waiting: Record<'until let go' | 'until settled', Waiting[]> = { 'until let go': [], 'until settled': [] }
  #notes: string[] = []

  note(...words: readonly unknown[]): void {
    this.#notes.push(words.map((word) => (typeof word === 'string' ? word : this.#told(word))).join(' '))
  }

  /** Known again by who it is. */
  error(name: string): Error {
    const error = new Error(name)
    this.#errors.set(error, name)
    return error
  }

  wait(how: 'until let go' | 'until settled', name: string): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting[how].push({ name, resolve, reject }))
  }

  let(how: 'go' | 'fail'): void {
    const waiting = first(this.#waiting['until let go'])
    if (how === 'go') waiting?.resolve()
    else waiting?.reject(this.error('let fail'))
  }

  /** What was noted until all microtasks have settled, those of the callbacks that go on then too, one after the other. */
  async settled(): Promise<string[]> {
    let next: Waiting | undefined
    do {
      next?.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      next = first(this.#waiting['until settled'])
    } while (next)
    const notes = this.#notes.sort()
    this.#notes = []
    return notes
  }

  #told(value: unknown): string {
    const own = this.#errors.get(value)
    if (own !== undefined) return own
    if (value instanceof Error) return `a ${value.name}`
    if (Array.isArray(value)) return `[${value.map((each) => this.#told(each)).join(', ')}]`
    if (value instanceof Uint8Array) return `bytes ${value.join(' ')}`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
    return Object.entries(value)
      .map(([key, each]) => `${key}: ${this.#told(each)}`)
      .sort()
      .join(', ')
  }
}

/** By name: which was there first may be a matter of microtasks. */
function first(these: Waiting[]): Waiting | undefined {
  these.sort((one, other) => (one.name < other.name ? -1 : 1))
  return these.shift()
}
