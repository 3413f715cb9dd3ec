// A resilient client that increments without a pause, and remembers when it was answered and by whom.
import { z } from 'zod'
import { ResilientClient } from '../client/index.ts'
import type { Stack } from '../fault/index.ts'

export interface Answer {
  /** Of performance.now(). */
  readonly at: number
  readonly instance: string
}

const result = z.object({ structuredContent: z.object({ counter: z.number(), instance: z.string() }) })

interface Waiting {
  readonly suits: (answer: Answer) => boolean
  readonly resolve: (answer: Answer) => void
}

export class CallingClient {
  readonly #client: ResilientClient
  readonly #answers: Answer[] = []
  #waiting: Waiting[] = []
  #failed = 0
  #counted = 0
  #state: 'calling' | 'stopping' = 'calling'
  readonly #ended: Promise<void>

  private constructor(client: ResilientClient) {
    this.#client = client
    this.#ended = this.#callOn()
  }

  static async start({ endpoint, fetch }: Stack): Promise<CallingClient> {
    const client = new ResilientClient(endpoint, { clientInfo: { name: 'calling-client', version: '0' }, fetch })
    await client.connect()
    return new CallingClient(client)
  }

  /** The next answer from now on that suits. */
  next(suits: (answer: Answer) => boolean): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.push({ suits, resolve }))
  }

  /** The longest time between two answers of which the later came after `at`. Milliseconds. */
  longestGapSince(at: number): number {
    const times = this.#answers.map((answer) => answer.at).filter((each) => each >= at)
    return Math.max(...times.slice(1).map((each, before) => each - (times[before] ?? each)))
  }

  /** Ends the calls; answers how many were acknowledged and failed, and what the counter says. */
  async stop(): Promise<{ acknowledged: number; failed: number; counted: number }> {
    this.#state = 'stopping'
    await this.#ended
    await this.#client.close()
    return { acknowledged: this.#answers.length, failed: this.#failed, counted: this.#counted }
  }

  async #callOn(): Promise<void> {
    while (this.#state === 'calling') await this.#call()
  }

  async #call(): Promise<void> {
    try {
      const { counter, instance } = result.parse(
        await this.#client.callTool({ name: 'increment_counter' }),
      ).structuredContent
      this.#counted = counter
      this.#tell({ at: performance.now(), instance })
    } catch (error) {
      this.#failed += 1
      console.error(error)
    }
  }

  #tell(answer: Answer): void {
    this.#answers.push(answer)
    const due = this.#waiting.filter(({ suits }) => suits(answer))
    this.#waiting = this.#waiting.filter((each) => !due.includes(each))
    for (const { resolve } of due) resolve(answer)
  }
}
