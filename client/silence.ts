// Silence is the only sign of a paused instance or a cut link: connections to it are still accepted. Bytes of any kind
// are life, keep-alive comments too, so the watch sits below the parser.
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Clock } from '../wire/clock.ts'

/** Calls back once nothing has been heard for `ms`. */
export class SilenceWatch {
  readonly #clock: Clock
  readonly #ms: number
  readonly #onSilence: () => void
  #lastHeard: number
  #cancel: () => void

  constructor(clock: Clock, ms: number, onSilence: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#onSilence = onSilence
    this.#lastHeard = clock.now()
    this.#cancel = clock.after(ms, this.#look)
  }

  /** Something was heard. Cheap: the timer is not set anew for each chunk. */
  heard(): void {
    this.#lastHeard = this.#clock.now()
  }

  stop(): void {
    this.#cancel()
  }

  readonly #look = () => {
    const left = this.#lastHeard + this.#ms - this.#clock.now()
    if (left <= 0) this.#onSilence()
    else this.#cancel = this.#clock.after(left, this.#look)
  }
}

/** Method of the notification that {@link withLastWords} appends. No server sends it. */
const STREAM_ENDED = 'mcp-failproof/stream-ended'

const LastWords = z.object({ method: z.literal(STREAM_ENDED), params: z.object({ reason: z.string() }) })

/** How the stream ended, where the message is one that {@link withLastWords} appended. */
export function lastWords(message: JSONRPCMessage): string | undefined {
  if (!('method' in message) || message.method !== STREAM_ENDED) return undefined
  return LastWords.safeParse(message).data?.params.reason
}

/**
 * Passes an event stream on, telling of each chunk. The SDK's transport says nothing when a stream ends before its
 * answer, and forgets what is queued when one breaks: so however this one ends, the last event is one of ours that
 * says how, behind everything that the server sent.
 */
export function withLastWords(body: ReadableStream<Uint8Array>, heard: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const finish = (controller: ReadableStreamDefaultController<Uint8Array>, reason: string) => {
    const words = JSON.stringify({ jsonrpc: '2.0', method: STREAM_ENDED, params: { reason } })
    // The empty line first: the server may have been cut off in the middle of an event.
    controller.enqueue(new TextEncoder().encode(`\n\ndata: ${words}\n\n`))
    controller.close()
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) return finish(controller, 'the stream ended without an answer')
        heard()
        controller.enqueue(value)
      } catch (error) {
        finish(controller, `the stream broke: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
