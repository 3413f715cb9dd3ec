// An answer as it comes, whichever way its request went.
import type { Answer } from './exchange.ts'

/** An answer whose body is still coming. */
export class Reply {
  readonly status: number
  readonly headers: Answer['headers']
  /** The client goes away in the middle of it. */
  readonly vanish: () => void
  readonly #whole: Promise<string>
  readonly #listeners = new Set<() => void>()
  #text = ''

  constructor({ status, headers, body }: Answer, vanish: () => void) {
    this.status = status
    this.headers = headers
    this.vanish = vanish
    this.#whole = this.#read(body)
    this.#whole.catch(() => undefined)
  }

  /** What has come so far. */
  get soFar(): string {
    return this.#text
  }

  /** The whole body; rejects where it breaks off. */
  text(): Promise<string> {
    return this.#whole
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.#whole)
  }

  /** Resolves as soon as the body that has come matches; rejects where it ends without. */
  async heard(pattern: RegExp): Promise<void> {
    const come = new Promise<void>((resolve) => {
      const look = () => {
        if (!pattern.test(this.#text)) return
        this.#listeners.delete(look)
        resolve()
      }
      this.#listeners.add(look)
      look()
    })
    const ended = this.#whole.then((text) => {
      if (!pattern.test(text)) throw new Error(`the answer ended without ${pattern}: ${text}`)
    })
    await Promise.race([come, ended])
  }

  async #read(body: Answer['body']): Promise<string> {
    for await (const part of body) {
      this.#text += part
      for (const look of this.#listeners) look()
    }
    return this.#text
  }
}
