// One Python process that runs MCP's client, for as many sessions as a test file opens: a line to it is a step of one
// client, a line back what came of that.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { findPython } from './interpreter.ts'

const client = z.number()
const lineShape = z.discriminatedUnion('kind', [
  z.strictObject({ client, kind: z.literal('result'), value: z.unknown() }),
  z.strictObject({
    client,
    kind: z.literal('error'),
    value: z.strictObject({ type: z.string(), code: z.number().nullable(), message: z.string() }),
  }),
  z.strictObject({ client, kind: z.enum(['log', 'progress']), value: z.unknown() }),
  z.strictObject({ client, kind: z.literal('request'), value: z.string() }),
])

/** What came of a client's steps: its answer or error ends one, the rest is heard while it runs. */
export type Line = z.infer<typeof lineShape>
type Listener = (line: Line) => void

export class StepsProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #listeners = new Map<number, Listener>()
  readonly #ended: Promise<void>
  #stderr = ''
  #failure: string | undefined

  private constructor(python: string) {
    // Ends by itself with its standard input, and so with this process, however that ends.
    this.#child = spawn(python, ['-W', 'ignore', join(import.meta.dirname, 'steps.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NO_PROXY: '*' },
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000)
    })
    createInterface({ input: this.#child.stdout }).on('line', (text) => {
      const line = lineShape.safeParse(JSON.parse(text))
      if (line.success) this.#listeners.get(line.data.client)?.(line.data)
      else this.#fail(`Python wrote ${text}`)
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#child.once('error', (error) => this.#fail(error.message))
    this.#child.once('close', (code, signal) => this.#fail(`Python ended with ${signal ?? code}: ${this.#stderr}`))
    // What cannot be written is told by its end.
    this.#child.stdin.on('error', () => {})
  }

  static start(): StepsProcess {
    const python = findPython()
    if (python.kind === 'missing') throw new Error(`needs ${python.needs}`)
    return new StepsProcess(python.path)
  }

  /** A further client; what is written is told to its listener. */
  client(listener: Listener): { write(step: object): void } {
    const client = this.#listeners.size
    this.#listeners.set(client, listener)
    return {
      write: (step) => {
        this.#child.stdin.write(`${JSON.stringify({ client, ...step })}\n`)
        if (this.#failure !== undefined) this.#fail(this.#failure)
      },
    }
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  /** Nothing comes any more of any step. */
  #fail(message: string): void {
    this.#failure = message
    for (const [client, listener] of this.#listeners) {
      listener({ client, kind: 'error', value: { type: 'Ended', code: null, message } })
    }
  }
}
