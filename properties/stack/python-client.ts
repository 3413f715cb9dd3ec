// MCP's client for Python as it comes, `async with Client(url)`: what the stack is asked by where no TypeScript runs.
import { z } from 'zod'
import type { Stack } from '../../fault/stack.ts'
import { type Line, StepsProcess } from './python/steps.ts'
import { type Called, heardLog, heardProgress, readValue, type StackClient } from './stack-client.ts'

type Raised = Extract<Line, { kind: 'error' }>['value']

/** What the client raised. */
class PythonError extends Error {
  override readonly name = 'PythonError'
  /** The name of its class. */
  readonly type: string
  /** Where it is a JSON-RPC error. */
  readonly code: number | null

  constructor({ type, code, message }: Raised) {
    super(`${type}: ${message}`)
    this.type = type
    this.code = code
  }
}

/** Who took the step that runs. */
interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

let shared: StepsProcess | undefined

/** Opens a session by Python, all in one process. */
export async function connectPython(stack: Stack): Promise<PythonClient> {
  shared ??= StepsProcess.start()
  const client = new PythonClient(shared)
  await client.enter(stack.endpoint)
  return client
}

/** Ends the process, when the tests of a file are done. */
export async function closePython(): Promise<void> {
  await shared?.close()
  shared = undefined
}

export class PythonClient implements StackClient {
  /** Each HTTP exchange so far, as `POST 200`. */
  readonly requests: string[] = []
  readonly #steps: { write(step: object): void }
  #sessionId: string | undefined
  #waiting: Waiting | undefined
  #hear = (_heard: string) => {}
  #left = false

  constructor(process: StepsProcess) {
    this.#steps = process.client((line) => this.#told(line))
  }

  /** The last one that it had. */
  get sessionId(): string {
    return z.string().parse(this.#sessionId)
  }

  async enter({ href: url }: URL): Promise<void> {
    this.#sessionId = z.uuid().parse(await this.take({ do: 'enter', url }))
  }

  async call(tool: string, args: Record<string, unknown> = {}, hear = (_heard: string) => {}): Promise<Called> {
    const heard: string[] = []
    this.#hear = (line) => {
      heard.push(line)
      hear(line)
    }
    return { value: readValue(await this.take({ do: 'call', tool, arguments: args })), heard }
  }

  async tools(): Promise<readonly unknown[]> {
    return z.array(z.unknown()).parse(await this.take({ do: 'tools' }))
  }

  async resources(): Promise<readonly unknown[]> {
    return z.array(z.unknown()).parse(await this.take({ do: 'resources' }))
  }

  async resourceTemplates(): Promise<readonly unknown[]> {
    return z.array(z.unknown()).parse(await this.take({ do: 'templates' }))
  }

  async read(uri: string): Promise<readonly unknown[]> {
    return z.array(z.unknown()).parse(await this.take({ do: 'read', uri }))
  }

  /** Leaves the client's block, which ends the session too; then there is nothing left to take. */
  async close(): Promise<void> {
    if (this.#left) return
    this.#left = true
    await this.take({ do: 'leave' })
  }

  /** One step as steps.py knows it, and what it answered. Rejects with a PythonError where it raised. */
  take(step: object): Promise<unknown> {
    if (this.#waiting !== undefined) throw new Error('this client takes one step at a time')
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#steps.write(step)
    })
  }

  #told(line: Line): void {
    try {
      this.#hearOrEnd(line)
    } catch (error) {
      this.#ended()?.reject(error)
    }
  }

  #hearOrEnd(line: Line): void {
    switch (line.kind) {
      case 'log':
        this.#hear(heardLog(line.value))
        break
      case 'progress':
        this.#hear(heardProgress(line.value))
        break
      case 'request':
        this.requests.push(line.value)
        break
      case 'result':
        this.#ended()?.resolve(line.value)
        break
      case 'error':
        this.#ended()?.reject(new PythonError(line.value))
    }
  }

  #ended(): Waiting | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting
  }
}
