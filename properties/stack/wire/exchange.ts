// What a request and its answer are, whichever way they go.

/** A request with all that is in it. */
export interface Request {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Whether it says how long its body is. */
  readonly length: 'told' | 'chunked'
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
}

/** What came of it, once the headers of the answer are there. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Rejects where it breaks off. */
  readonly body: AsyncIterable<string>
}
