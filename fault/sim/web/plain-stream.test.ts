// The plain streams do what Node's own do: random scripts are run on both, and all that can be seen of them is compared.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlainStream } from './plain-stream.ts'
import { PlainTextDecoder, PlainTransform } from './plain-transform.ts'
import { CASES } from './test-cases.ts'
import { type Kind, seen } from './test-stream-run.ts'
import { BYTES, scriptsOf, VALUES } from './test-stream-script.ts'
import { hearUnhandledRejections } from './test-unhandled.ts'

const NODE: Kind = {
  stream: (source, strategy) => new ReadableStream(source, strategy),
  transform: (transformer) => new TransformStream(transformer),
  decoder: () => new TextDecoderStream(),
}
const PLAIN: Kind = {
  stream: (source, strategy) => new PlainStream(source, strategy),
  transform: (transformer) => new PlainTransform(transformer),
  decoder: () => new PlainTextDecoder(),
}
/** As where what extends Node's classes was loaded before the plain ones were there. */
const MIXED: Kind = { ...NODE, stream: PLAIN.stream }

describe('plain streams', () => {
  hearUnhandledRejections()

  it.each([
    { what: 'readers of numbers', kind: PLAIN, about: { chunks: VALUES, with: 'readers' } },
    { what: 'pipes and halves of numbers', kind: PLAIN, about: { chunks: VALUES, with: 'pipes and halves' } },
    { what: 'pipes and halves of bytes', kind: PLAIN, about: { chunks: BYTES, with: 'pipes and halves' } },
    { what: 'pipes of Node’s own', kind: MIXED, about: { chunks: BYTES, with: 'pipes and halves' } },
  ] as const)('behave as Node’s own with $what', async ({ kind, about }) => {
    const alike = fc.asyncProperty(scriptsOf(about), async (script) => {
      const plain = await seen(kind, script)
      expect(plain).toEqual(await seen(NODE, script))
    })
    await fc.assert(alike, CASES)
  })

  it.each([
    ['closed', ({ source }: Held) => source?.close()],
    ['failed', ({ source }: Held) => source?.error(new Error('failed'))],
    ['cancelled', ({ reader }: Held) => reader.cancel()],
  ])('let go of their source when they are %s, be they piped or not', async (_, end) => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    for (const ways of ['piped', 'not piped'] as const) {
      const held = hold(ways)
      await end(held)
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
      collect()
      expect(held.session.deref(), ways).toBeUndefined()
    }
  })
})

interface Held {
  readonly session: WeakRef<object>
  readonly source: ReadableStreamDefaultController<unknown> | undefined
  readonly reader: ReadableStreamDefaultReader<unknown>
}

/** A stream, of which a server's session would be held. */
function hold(ways: 'piped' | 'not piped'): Held {
  const session = { calls: 0 }
  const sources: ReadableStreamDefaultController<unknown>[] = []
  const stream = new PlainStream({
    start: (controller) => void sources.push(controller),
    pull: () => void session.calls++,
    cancel: () => void session.calls++,
  })
  const out = ways === 'piped' ? stream.pipeThrough(new PlainTransform({ flush: () => void session.calls++ })) : stream
  return { session: new WeakRef(session), source: sources[0], reader: out.getReader() }
}
